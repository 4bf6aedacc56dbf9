import json
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
from fastapi import FastAPI
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.cards import CardFile
from app.course.catalogue import Catalogue
from app.errors import (
    CheckpointError,
    Conflict,
    CourseError,
    InvalidRequest,
    NotFound,
    PoolSpent,
    TooMany,
    TryLater,
)
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from tests.web.fake_engine import FakeEngine, card
from tests.web.services import change_services, serve_with
from tests.web.small_course import Site

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    steps: Annotated[int, Field(ge=1, le=1000)] = 1
    guidance: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    label: Annotated[str, Field(max_length=5)] = ""


def error_template(folder):
    (folder / "edge").mkdir()
    return folder / "edge" / "error.html"


def client_for(error=None, templates=None):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    if templates is not None:
        serve_with(app, templates=Jinja2Templates(templates), catalogue=Catalogue(()))

    async def fail():
        if error is not None:
            raise error

    async def take(body: Body):
        return body

    app.add_api_route("/api/fail", fail)
    app.add_api_route("/page", fail)
    app.add_api_route("/api/take", take, methods=["POST"])
    return TestClient(app, base_url="http://localhost")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequest("steps: too many", field="steps"), 422),
        (NotFound("no such run"), 404),
        (Conflict("answered before"), 409),
        (TryLater("full", retry_after_s=7), 503),
        (TooMany("too fast", retry_after_s=7), 429),
        (CheckpointError("weights are missing"), 503),
        (HTTPException(418, "teapot"), 418),
    ],
)
def test_domain_errors_become_their_status_with_their_own_text(error, status):
    answer = client_for(error).get("/api/fail")
    assert answer.status_code == status
    expected = {"message": getattr(error, "detail", str(error)), "field": getattr(error, "field", None)}
    assert answer.json() == {"error": expected}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("retry-after") == ("7" if isinstance(error, TryLater) else None)


@pytest.mark.parametrize("error", [RuntimeError("password 1234"), CourseError(["/secret/path:1: bad"])])
def test_an_unforeseen_error_is_a_500_that_says_nothing_of_the_inside(error):
    answer = client_for(error).get("/api/fail")
    assert answer.status_code == 500
    assert "1234" not in answer.text
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_crash_after_the_response_began_breaks_the_connection_off():
    app = FastAPI()
    install_guards(app, Settings())

    async def breaks(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    app.mount("/stream", breaks)
    with pytest.raises(RuntimeError, match="half way"):
        TestClient(app, base_url="http://localhost").get("/stream")


@pytest.mark.parametrize(
    "body",
    [
        b'{"steps": Infinity}',
        b'{"steps": NaN}',
        b'{"guidance": 1e400}',
        b'{"guidance": -Infinity}',
        b'{"steps": 1e400}',
        b'{"steps": 9223372036854775808}',
        b'{"steps": ' + b"9" * 4000 + b"}",
        b'{"steps": ' + b"9" * 5000 + b"}",
        b'{"steps": true}',
        b'{"steps": null}',
        b'{"label": "\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800"}',
        b'{"label": "\\u0000\\u202e evil"}',
        b'{"\\ud800": 1}',
        b'{"label": "\xff"}',
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b"",
        b"null",
        b"NaN",
        b"{",
        b"[]",
    ],
)
def test_bodies_that_break_json_writers_are_refused_with_readable_json(body):
    client = client_for()
    answer = client.post("/api/take", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    error = json.loads(answer.content.decode("utf-8"))["error"]
    assert error["message"]
    assert len(error["message"]) < 400
    assert "\u202e" not in error["message"]


def test_a_refused_field_is_named_with_what_was_received_and_what_is_allowed():
    error = client_for().post("/api/take", json={"steps": 4000}).json()["error"]
    assert error["field"] == "steps"
    assert "4000" in error["message"]
    assert "must be at most 1,000" in error["message"]


def test_an_unknown_field_is_named():
    error = client_for().post("/api/take", json={"stepz": 1}).json()["error"]
    assert error["field"] == "stepz"


def test_an_unknown_address_and_a_wrong_method_say_so():
    client = client_for()
    missing = client.get("/api/nothing")
    assert missing.status_code == 404
    assert "nothing at this address" in missing.json()["error"]["message"]
    wrong = client.post("/api/fail")
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "GET"
    assert "GET" in wrong.json()["error"]["message"]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    error_template(tmp_path).write_text(
        "<title>{{ title }}</title><h1>{{ status }}</h1>{% block notice %}<p>{{ message }}</p>{% endblock %}"
    )
    return tmp_path


def test_a_browser_on_a_page_gets_a_page_with_the_text_escaped(templates):
    answer = client_for(NotFound("no <b>run</b>"), templates).get("/page", headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text == "<title>Nothing here</title><h1>404</h1><p>no &lt;b&gt;run&lt;/b&gt;</p>"


def test_a_fragment_request_gets_only_the_notice(templates):
    answer = client_for(NotFound("gone"), templates).get("/page", headers={**HTML, "hx-request": "true"})
    assert answer.text == "<p>gone</p>"


def test_the_api_answers_json_to_browsers_too(templates):
    answer = client_for(NotFound("gone"), templates).get("/api/fail", headers=HTML)
    assert answer.json()["error"]["message"] == "gone"


def test_a_client_that_asks_for_anything_gets_json(templates):
    assert client_for(NotFound("gone"), templates).get("/page").json()["error"]["message"] == "gone"


def test_without_templates_or_with_a_broken_one_a_page_is_plain_text(tmp_path):
    for error_page in (None, "{{ 1 / 0 }}"):
        if error_page is not None:
            error_template(tmp_path).write_text(error_page)
        answer = client_for(NotFound("gone \ud800"), tmp_path).get("/page", headers=HTML)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/plain")
        assert "gone ?" in answer.text


def test_a_crash_on_a_page_is_a_page_too(templates):
    answer = client_for(RuntimeError("inside"), templates).get("/page", headers=HTML)
    assert answer.status_code == 500
    assert "<h1>500</h1>" in answer.text
    assert "inside" not in answer.text


# The page as it is served


POSTED = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
FROM_THE_LESSON = POSTED | {"referer": "http://localhost/lessons/colours/practice?q=one"}
AGAIN, BACK, HOME = (
    "Load this page again",
    'href="/lessons/colours">Back to the lesson',
    'href="/">To the course',
)
DEPENDS = "The lessons do not depend on what failed."


def links(answer):
    return [link in answer.text for link in (AGAIN, BACK, HOME)]


def post(client, headers):
    return client.post("/runs", content=b"model=none", headers=headers)


def test_a_form_that_is_refused_leads_back_to_its_lesson_and_never_to_an_address_without_a_page(site: Site):
    client = site()
    refused = post(client, FROM_THE_LESSON)
    assert (refused.status_code, links(refused)) == (422, [False, True, True])
    assert DEPENDS not in refused.text
    for elsewhere in ({}, {"referer": "http://elsewhere.example/lessons/colours"}):
        assert links(post(client, POSTED | elsewhere)) == [False, False, True]


def test_a_form_that_comes_too_often_or_breaks_something_leads_back_too(site: Site):
    client = site()
    engine = FakeEngine()
    engine.fault = PoolSpent("There are at most 600 runs a minute.", 3)
    change_services(client.app, engine=engine, cards=[CardFile(card("none"), "", Path("/nowhere"))])
    busy = post(client, FROM_THE_LESSON)
    assert (busy.status_code, links(busy), DEPENDS in busy.text) == (503, [False, True, True], True)
    change_services(client.app, engine=None)
    broken = post(client, FROM_THE_LESSON)
    assert (broken.status_code, links(broken), DEPENDS in broken.text) == (500, [False, True, True], False)


async def breaks(run_id):
    raise RuntimeError


def test_a_page_that_failed_may_be_loaded_again_where_that_may_help(site: Site):
    client = site()
    missing = client.get("/lessons/gone", headers={"referer": "http://localhost/lessons/colours"})
    assert (missing.status_code, links(missing)) == (404, [False, False, True])
    asleep = client.get(f"/runs/{'0' * 24}")
    assert (asleep.status_code, links(asleep), DEPENDS in asleep.text) == (503, [True, False, True], True)
    change_services(client.app, engine=SimpleNamespace(find=breaks))
    broken = client.get(f"/runs/{'0' * 24}")
    assert (broken.status_code, links(broken), DEPENDS in broken.text) == (500, [True, False, True], False)


def test_a_fragment_says_that_its_own_page_may_be_loaded_again(site: Site):
    client = site()
    change_services(client.app, engine=None, cards=[CardFile(card("none"), "", Path("/nowhere"))])
    notice = post(client, FROM_THE_LESSON | {"hx-request": "true"})
    assert notice.status_code == 500
    assert notice.text.lstrip().startswith("<section")
    assert AGAIN in notice.text
