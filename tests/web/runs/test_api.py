"""Runs over HTTP: asked for, watched, withdrawn; the engine's client keeps its runs in memory."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from app.engine.admission import ANONYMOUS
from app.engine.frame_events import read_frame
from app.errors import TryLater
from app.learners.sessions import new_session, read_session
from app.settings import Settings
from tests.web.cookies import learner_cookie
from tests.web.fake_engine import DONE, FakeEngine, app_for, start
from tests.web.services import SECRET, change_services

JSON = {"content-type": "application/json"}


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def client(engine):
    with TestClient(app_for(engine), base_url="http://localhost") as client:
        yield client


def events_of(content):
    return [part + b"\n\n" for part in content.split(b"\n\n") if part]


# Starting a run


def test_below_a_path_a_run_says_where_its_frames_are_there(client):
    change_services(client.app, settings=Settings(root_path="/noise"))
    run = start(client).json()
    assert run["frames"] == f"/noise/api/runs/{run['id']}/frames"


def test_a_run_is_started_and_described(client, engine):
    answer = start(client, seed=5, label="square", count=2, sampler="heun", steps=3, guidance=1.5)
    run_id = answer.json()["id"]
    assert answer.status_code == 201
    assert answer.json() == {
        "id": run_id,
        "model": "tiny",
        "shape": [1, 8, 8],
        "steps": 3,
        "count": 2,
        "frames": f"/api/runs/{run_id}/frames",
    }
    ((spec, _),) = engine.asked
    assert (spec.seed, spec.label, spec.sampler, spec.guidance) == (5, 1, "heun", 1.5)


def test_only_the_model_has_to_be_named(client, engine):
    assert start(client).json()["steps"] == 4
    assert start(client).json()["id"] == start(client).json()["id"]


def test_the_first_run_brings_a_cookie_and_the_next_ones_keep_it(client, engine):
    first, second = start(client), start(client)
    cookie = learner_cookie(first.cookies)
    assert "set-cookie" not in second.headers
    learners = [learner for _, learner in engine.asked]
    assert learners == [ANONYMOUS.learner, read_session(SECRET, cookie).learner_key]


BAD_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"tiny"',
    b"{}",
    b'{"model": null}',
    b'{"model": 1}',
    b'{"model": "none"}',
    b'{"model": "<script>alert(1)</script>"}',
    b'{"model": "\\u0000"}',
    b'{"model": "\\ud800"}',
    b'{"model": "' + b"a" * 65 + b'"}',
    b'{"model": "../tiny"}',
    b'{"model": "tiny", "speed": 1}',
    b'{"model": "tiny", "__proto__": {}}',
    b'{"model": "tiny", "prompt": "a cat"}',
    b'{"model": "tiny", "negative_prompt": ""}',
    b'{"model": "tiny", "count": 16, "steps": 1000}',
    b'{"model": "tiny", "grid": "rho7", "steps": 2}',
    b"\xff\xfe\x00",
    b'{"model": "tiny", "a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    *(
        f'{{"model": "tiny", "{field}": {value}}}'.encode()
        for field, values in {
            "seed": [
                "null",
                "-1",
                "true",
                "1.0",
                "1e3",
                '"1"',
                str(2**53),
                str(2**63),
                "NaN",
                "1" + "0" * 5000,
            ],
            "count": ["null", "0", "17", "true", "-1", "1000000000"],
            "steps": ["0", "1001", "1000000000", "true", "4.0", "Infinity"],
            "guidance": ["-0.1", "20.1", "Infinity", "-Infinity", "NaN", "1e400", "true", '"2"', "[]"],
            "eta": ["-0.1", "1.1", "NaN", "1e400", "true"],
            "label": ['"none"', "2", "-1", "true", "0.0", "[]", "{}", '"\\ud800"', '"' + "a" * 65 + '"'],
            "sampler": ['"none"', '""', "1", '"DDIM"'],
            "grid": ['"none"', '""', "1"],
        }.items()
        for value in values
    ),
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: body[:60].decode("latin-1"))
def test_a_body_that_is_no_run_is_refused_in_words_and_starts_nothing(client, engine, body):
    refused = client.post("/api/runs", content=body, headers=JSON)
    assert refused.status_code in (400, 422)
    error = json.loads(refused.content.decode())["error"]
    assert error["message"]
    assert "constrained" not in str(error)
    assert engine.asked == []
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("field", ["seed", "count", "steps", "guidance", "eta", "label", "sampler"])
def test_a_refusal_names_its_field(client, field):
    assert start(client, **{field: "none"}).json()["error"]["field"] == field


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "elsewhere.example"}, 400),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 422),
    ],
)
def test_a_request_that_no_page_of_ours_sends_starts_nothing(client, engine, headers, status):
    refused = client.post("/api/runs", content=b'{"model": "tiny"}', headers=JSON | headers)
    assert refused.status_code == status
    assert engine.asked == []


def test_a_body_of_thirty_megabytes_is_refused(client, engine):
    refused = client.post("/api/runs", content=b'{"model": "' + b"a" * 30_000_000 + b'"}', headers=JSON)
    assert refused.status_code == 413
    assert engine.asked == []


def test_a_full_engine_is_passed_on_with_its_time(client, engine):
    engine.fault = TryLater("as many as this server takes at once", 7)
    refused = start(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert "set-cookie" not in refused.headers


def test_one_learner_who_asks_too_often_is_refused_and_the_others_are_not(engine):
    app = app_for(engine, runs_per_minute=2)
    greedy, other = (TestClient(app, base_url="http://localhost") for _ in range(2))
    for client in (greedy, other):
        client.cookies.set("fromnoise", new_session(SECRET).cookie)
    assert [start(greedy, seed=seed).status_code for seed in range(3)] == [201, 201, 429]
    assert start(other).status_code == 201
    assert len(engine.asked) == 3


# Watching


def watch(client, run_id, **headers):
    return client.get(f"/api/runs/{run_id}/frames", headers=headers)


def test_frames_are_streamed_with_everything_that_a_page_needs(client):
    run_id = start(client, count=2).json()["id"]
    streamed = watch(client, run_id)
    assert streamed.status_code == 200
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["cache-control"] == "no-store"
    assert "content-security-policy" in streamed.headers
    *frames, done = events_of(streamed.content)
    assert [read_frame(frame, (1, 8, 8), 2).step for frame in frames] == [0, 1, 2, 3, 4]
    assert done == DONE


@pytest.mark.parametrize(
    ("header", "query", "first"),
    [("1", None, 2), (None, 1, 2), ("3", 1, 4), ("1", 3, 4), ("0", None, 1), (None, -1, 0)],
)
def test_a_page_goes_on_after_the_last_frame_it_has(client, header, query, first):
    run_id = start(client).json()["id"]
    streamed = client.get(
        f"/api/runs/{run_id}/frames",
        headers={"last-event-id": header} if header else {},
        params={} if query is None else {"after": query},
    )
    assert events_of(streamed.content)[0].startswith(b"id: %d\n" % first)


@pytest.mark.parametrize(
    "header", ["-1", "x", "1.5", "", "1e3", "1" * 17, "\u0663".encode(), b"\xb2"], ids=str
)
def test_a_last_event_that_cannot_be_is_refused(client, header):
    run_id = start(client).json()["id"]
    refused = watch(client, run_id, **{"last-event-id": header})
    assert refused.status_code == 422
    assert refused.json()["error"]["message"]


@pytest.mark.parametrize("after", ["-2", "1001", "x", "1.5", "true", ""])
def test_a_frame_to_go_on_after_that_cannot_be_is_refused(client, after):
    run_id = start(client).json()["id"]
    assert client.get(f"/api/runs/{run_id}/frames", params={"after": after}).status_code == 422


PATHS = ["frames", "image.png", "animation.gif", "strip.png"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("run_id", ["none", "%2e%2e", "..%2f..", "0" * 24, "a" * 500])
def test_a_run_that_is_not_there_is_not_found(client, path, run_id):
    assert client.get(f"/api/runs/{run_id}/{path}").status_code == 404


def test_a_stream_gives_its_place_back_when_it_ends(engine):
    app = app_for(engine, anonymous_streams=1)
    client = TestClient(app, base_url="http://localhost")
    run_id = start(client).json()["id"]
    client.cookies.clear()
    for path in PATHS * 2:
        assert client.get(f"/api/runs/{run_id}/{path}").status_code == 200
    slot = app.state.services.streams.take(None)
    for path in PATHS:
        refused = client.get(f"/api/runs/{run_id}/{path}")
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
    slot.release()
    assert client.get(f"/api/runs/{run_id}/frames").status_code == 200


def test_withdrawing_is_done_for_the_learner_who_asks(client, engine):
    started = start(client)
    run_id, cookie = started.json()["id"], learner_cookie(started.cookies)
    assert client.delete(f"/api/runs/{run_id}").status_code == 204
    assert client.delete("/api/runs/none").status_code == 404
    key = read_session(SECRET, cookie).learner_key
    assert engine.withdrawn == [(run_id, f"{key}/")]


@pytest.mark.parametrize("name", ["", "a", "1", "viewer", "1234567"])
def test_without_a_cookie_nobody_ends_what_others_watch(client, engine, name):
    run_id = start(client).json()["id"]
    client.cookies.clear()
    address = f"/api/runs/{run_id}"
    assert client.get(f"{address}/frames?viewer={name}").status_code == 200
    assert client.delete(f"{address}?viewer={name}").status_code == 204
    assert client.delete("/api/runs/none").status_code == 404
    assert engine.withdrawn == []


def test_without_a_cookie_a_name_that_nobody_else_has_is_withdrawn(client, engine):
    run_id = start(client).json()["id"]
    client.cookies.clear()
    assert client.get(f"/api/runs/{run_id}/frames?viewer=k3v9x1q0ab").status_code == 200
    assert client.delete(f"/api/runs/{run_id}?viewer=k3v9x1q0ab").status_code == 204
    assert engine.withdrawn == [(run_id, *engine.runs[run_id].viewers)]


def test_what_a_tab_watches_can_be_withdrawn_by_its_name(client, engine):
    run_id = start(client).json()["id"]
    for tab in ("one", "two"):
        assert client.get(f"/api/runs/{run_id}/frames?viewer={tab}").status_code == 200
    assert client.delete(f"/api/runs/{run_id}?viewer=two").status_code == 204
    one, two = engine.runs[run_id].viewers
    assert one != two
    assert engine.withdrawn == [(run_id, two)]


@pytest.mark.parametrize("name", ["a/b", "%00", "é", "x" * 33])
def test_a_viewing_has_a_short_plain_name(client, engine, name):
    run_id = start(client).json()["id"]
    for refused in (
        client.get(f"/api/runs/{run_id}/frames?viewer={name}"),
        client.delete(f"/api/runs/{run_id}?viewer={name}"),
    ):
        assert refused.status_code == 422
        assert refused.json()["error"]["field"] == "viewer"
    assert engine.withdrawn == []
