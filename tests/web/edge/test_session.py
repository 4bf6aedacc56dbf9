import pytest
from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.testclient import TestClient

from app.learners.sessions import new_session
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.edge.session import MOST_TRIED, CurrentSession, cookie_name, drop_session, keep_session
from tests.web.services import SECRET, serve_with

FORGED = {
    "nonsense": "forged",
    "empty": "",
    "zeros": "0" * 32 + "." + "0" * 64,
    "signed by another": new_session(b"another").cookie,
}
forgeries = pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)


NAME = cookie_name("http", SECRET)


def app_with_sessions(secret=SECRET):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    serve_with(app, secret=secret)
    app.state.changes = []

    @app.get("/who")
    async def who(session: CurrentSession):
        return {"key": session and session.learner_key}

    @app.post("/change")
    async def change(session: CurrentSession):
        app.state.changes.append(session and session.learner_key)

    async def keep(request: Request, response: Response):
        keep_session(request, response, new_session(secret))

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
    assert cookie.startswith(f"{NAME}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_under_https_the_cookie_is_bound_to_the_host():
    client = TestClient(app_with_sessions(), base_url="https://localhost")
    cookie = client.post("/keep").headers["set-cookie"]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert "Secure" in cookie.split("; ")
    assert "Domain" not in cookie
    assert client.get("/who").json()["key"] is not None
    client.post("/drop")
    assert client.get("/who").json() == {"key": None}


@pytest.mark.parametrize("name", [NAME, "fromnoise"])
def test_a_plain_cookie_is_not_believed_under_https(name):
    client = TestClient(app_with_sessions(), base_url="https://localhost")
    client.cookies.set(name, new_session(SECRET).cookie)
    assert client.get("/who").json() == {"key": None}


@forgeries
@pytest.mark.parametrize("name", [NAME, "fromnoise"])
def test_a_forged_or_foreign_cookie_counts_as_none(client, forged, name):
    headers = {"cookie": f"{name}={forged}"}
    assert client.get("/who", headers=headers).json() == {"key": None}
    assert client.post("/change", headers=headers).status_code == 200
    assert client.app.state.changes == [None]


@forgeries
@pytest.mark.parametrize(
    "order", ["{good}; {bad}", "{bad}; {good}", "{bad}; {bad}; {good}", "a=b; {good};{bad}"]
)
def test_beside_a_damaged_cookie_the_good_one_counts(client, forged, order):
    session = new_session(SECRET)
    cookie = order.format(good=f"{NAME}={session.cookie}", bad=f"{NAME}={forged}")
    assert client.get("/who", headers={"cookie": cookie}).json() == {"key": session.learner_key}


def test_two_instances_on_a_host_keep_a_learner_each(client):
    other = TestClient(app_with_sessions(b"another"), base_url="http://localhost", cookies=client.cookies)
    kept = {}
    for one in (client, other):
        cookie = one.post("/keep").headers["set-cookie"].partition(";")[0]
        name, _, value = cookie.partition("=")
        kept[name] = value
    assert len(kept) == 2
    both = {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
    keys = {one.get("/who", headers=both).json()["key"] for one in (client, other)}
    assert None not in keys
    assert len(keys) == 2


def test_a_cookie_from_before_the_names_is_still_known(client):
    session = new_session(SECRET)
    headers = {"cookie": f"fromnoise={session.cookie}"}
    assert client.get("/who", headers=headers).json() == {"key": session.learner_key}
    dropped = client.post("/drop", headers=headers).headers.get_list("set-cookie")
    assert {header.partition("=")[0] for header in dropped} == {NAME, "fromnoise"}


def test_only_so_many_cookies_of_our_name_are_verified(client):
    flood = [f"{NAME}={new_session(b'another').cookie}"] * MOST_TRIED + [
        f"{NAME}={new_session(SECRET).cookie}"
    ]
    assert client.get("/who", headers={"cookie": "; ".join(flood)}).json() == {"key": None}


@pytest.mark.parametrize(
    "bad",
    [*FORGED.values(), "x" * 600, '"', "a=b=c", "%00"],
    ids=[*FORGED, "long", "a quote", "equals", "encoded"],  # ids of random cookies would differ by process
)
@pytest.mark.parametrize("count", [1, 2, 40, 180])
def test_no_number_of_bad_cookies_that_a_browser_keeps_hides_the_good_one(client, bad, count):
    session = new_session(SECRET)
    planted = [f"{name}={bad}" for name in (NAME, "fromnoise")] * (count // 2 + 1)
    for pairs in ([*planted, f"{NAME}={session.cookie}"], [f"{NAME}={session.cookie}", *planted]):
        headers = {"cookie": "; ".join(pairs)}
        assert client.get("/who", headers=headers).json() == {"key": session.learner_key}
    split = [("cookie", pair) for pair in (*planted, f"{NAME}={session.cookie}")]
    assert client.get("/who", headers=split).json() == {"key": session.learner_key}
