import pytest
from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.testclient import TestClient

from app.learners.sessions import new_session
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.edge.session import CurrentSession, drop_session, keep_session
from tests.web.services import SECRET, serve_with

FORGED = {
    "nonsense": "forged",
    "empty": "",
    "zeros": "0" * 32 + "." + "0" * 64,
    "signed by another": new_session(b"another").cookie,
}
forgeries = pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)


def app_with_sessions():
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    serve_with(app)
    app.state.changes = []

    @app.get("/who")
    async def who(session: CurrentSession):
        return {"key": session and session.learner_key}

    @app.post("/change")
    async def change(session: CurrentSession):
        app.state.changes.append(session)

    async def keep(request: Request, response: Response):
        keep_session(request, response, new_session(SECRET))

    async def drop(request: Request, response: Response):
        drop_session(request, response)

    app.add_api_route("/keep", keep, methods=["POST"])
    app.add_api_route("/drop", drop, methods=["POST"])
    return app


@pytest.fixture
def client():
    return TestClient(app_with_sessions(), base_url="http://localhost")


def test_reading_without_a_cookie_brings_none(client):
    answer = client.get("/who")
    assert answer.json() == {"key": None}
    assert "set-cookie" not in answer.headers


def test_a_kept_session_is_known_again_and_a_dropped_one_is_not(client):
    client.post("/keep")
    assert client.get("/who").json()["key"] is not None
    client.post("/drop")
    assert client.get("/who").json() == {"key": None}


def test_the_cookie_is_closed_to_scripts_and_to_other_sites_and_lasts_a_year(client):
    cookie = client.post("/keep").headers["set-cookie"]
    assert cookie.startswith("fromnoise=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_under_https_the_cookie_is_bound_to_the_host():
    client = TestClient(app_with_sessions(), base_url="https://localhost")
    cookie = client.post("/keep").headers["set-cookie"]
    assert cookie.startswith("__Host-fromnoise=")
    assert "Secure" in cookie.split("; ")
    assert "Domain" not in cookie
    assert client.get("/who").json()["key"] is not None
    client.post("/drop")
    assert client.get("/who").json() == {"key": None}


def test_a_plain_cookie_is_not_believed_under_https():
    client = TestClient(app_with_sessions(), base_url="https://localhost")
    client.cookies.set("fromnoise", new_session(SECRET).cookie)
    assert client.get("/who").json() == {"key": None}


@forgeries
def test_a_forged_cookie_is_ignored_when_reading(client, forged):
    answer = client.get("/who", headers={"cookie": f"fromnoise={forged}"})
    assert answer.status_code == 200
    assert answer.json() == {"key": None}


@forgeries
def test_a_forged_cookie_is_refused_and_removed_when_changing_something(client, forged):
    answer = client.post("/change", headers={"cookie": f"fromnoise={forged}"})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "cookie"
    assert answer.headers["set-cookie"].startswith('fromnoise=""; ')
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert client.app.state.changes == []
