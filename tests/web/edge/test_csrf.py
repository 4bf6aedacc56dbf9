import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.settings import Settings
from app.web.edge.security import install_guards


@pytest.fixture
def client():
    app = FastAPI()
    install_guards(app, Settings())
    app.state.changes = 0

    async def change():
        app.state.changes += 1
        return "changed"

    app.add_api_route("/api/thing", change, methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    with TestClient(app, base_url="http://localhost:8000") as client:
        yield client


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "nonsense"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost:8000"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:9000"},
        {"origin": "http://localhost.evil.example:8000"},
        {"origin": "http://evil.example@localhost:8000.evil.example"},
        {"origin": "http://[localhost:8000"},
    ],
)
def test_what_another_site_sends_is_refused_and_changes_nothing(client, method, headers):
    answer = client.request(method, "/api/thing", headers=headers)
    assert answer.status_code == 403
    assert "page" in answer.json()["error"]["message"]
    assert client.app.state.changes == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:8000"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://LOCALHOST:8000"},
    ],
)
def test_our_own_pages_and_programs_that_are_no_browser_pass(client, headers):
    assert client.post("/api/thing", headers=headers).status_code == 200
    assert client.app.state.changes == 1


def test_contradicting_headers_are_refused(client):
    both = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]
    assert client.post("/api/thing", headers=both).status_code == 403


def test_reading_from_another_site_is_not_refused(client):
    assert client.get("/api/thing", headers={"sec-fetch-site": "cross-site"}).status_code == 200
