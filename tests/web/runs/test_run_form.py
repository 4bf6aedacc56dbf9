"""The player's form, for browsers without JavaScript."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from tests.web.cookies import learner_cookie
from tests.web.fake_engine import FakeEngine, app_for


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def client(engine):
    with TestClient(app_for(engine), base_url="http://localhost") as client:
        yield client


def post_form(client, fields):
    return client.post(
        "/runs",
        content=fields if isinstance(fields, bytes) else urlencode(fields).encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
        follow_redirects=False,
    )


def test_the_form_of_the_player_leads_to_the_page_of_its_run(client, engine):
    fields = {
        "model": "tiny",
        "seed": "5",
        "label": "",
        "count": "2",
        "steps": "7",
        "guidance": "2.5",
        "more": "1",
    }
    answer = post_form(client, fields | {"sampler": "ddpm", "eta": "0", "grid": "rho7"})
    ((spec, _),) = engine.asked
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/runs/{spec.run_id('weights')}"
    assert learner_cookie(answer.cookies)
    assert (spec.seed, spec.label, spec.count, spec.steps, spec.grid) == (5, None, 2, 7, "rho7")
    assert "set-cookie" not in post_form(client, fields).headers


def test_too_much_at_once_is_refused_in_the_words_of_the_form(client, engine):
    refused = post_form(client, {"model": "tiny", "count": "9", "steps": "400"}).json()["error"]
    assert refused["field"] == "steps"
    assert "9 pictures of 400 steps" in refused["message"]
    assert engine.asked == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "model"),
        ({"model": "none"}, "model"),
        ({"model": "tiny", "seed": "x"}, "seed"),
        ({"model": "tiny", "seed": "1_000"}, "seed"),
        ({"model": "tiny", "seed": "1,000"}, "seed"),
        ({"model": "tiny", "seed": "9" * 5000}, "seed"),
        ({"model": "tiny", "seed": "1.5"}, "seed"),
        ({"model": "tiny", "steps": "1e3"}, "steps"),
        ({"model": "tiny", "steps": "0"}, "steps"),
        ({"model": "tiny", "steps": "2", "grid": "rho7"}, "steps"),
        ({"model": "tiny", "count": "17"}, "count"),
        ({"model": "tiny", "guidance": "nan"}, "guidance"),
        ({"model": "tiny", "guidance": "1e400"}, "guidance"),
        ({"model": "tiny", "eta": "2"}, "eta"),
        ({"model": "tiny", "label": "none"}, "label"),
        ({"model": "tiny", "label": "\u202e"}, "label"),
        ({"model": "tiny", "sampler": "\x00"}, "sampler"),
    ],
)
def test_a_form_that_is_no_run_is_refused_by_name_and_starts_nothing(client, engine, fields, field):
    refused = post_form(client, fields)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, field)
    assert engine.asked == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"&".join(b"a=1" for _ in range(300_000)), "application/x-www-form-urlencoded"),
        (b"model=tiny&seed=" + b"1" * 30_000_000, "application/x-www-form-urlencoded"),
        (b"model=%ff%fe", "application/x-www-form-urlencoded"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"{}", "application/json"),
        (
            b'--x\r\ncontent-disposition: form-data; name="model"; filename="m"\r\n\r\ntiny\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b"".join(b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(30))
            + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["fields", "large", "letters", "parts", "no boundary", "json", "file", "many parts"],
)
def test_what_no_form_of_ours_sends_is_refused_and_starts_nothing(client, engine, body, content_type):
    refused = client.post("/runs", content=body, headers={"content-type": content_type})
    assert 400 <= refused.status_code < 500
    assert engine.asked == []
