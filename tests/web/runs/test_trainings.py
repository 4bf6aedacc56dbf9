"""Trainings over HTTP: started, watched from any report on, withdrawn; bad requests are told in words."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from app.engine.frame_log import FrameLog, Viewer
from app.errors import NotFound, TryLater
from app.settings import Settings
from app.web.runs import trainings
from tests.web.fake_engine import FakeEngine, app_for
from tests.web.services import change_services

REPORTS = [b"id: %d\nevent: progress\ndata: {}\n\n" % number for number in range(3)]
DONE = b"event: done\ndata: {}\n\n"


class FakeTraining:
    def __init__(self):
        self.log = FrameLog()
        self.viewers = []
        for content in (*REPORTS, DONE):
            self.log.append(content)

    async def watch(self, after=-1, key=""):
        self.viewers.append(key)
        async for content in self.log.read(after, Viewer(key)):
            yield content


class TrainingEngine(FakeEngine):
    def __init__(self):
        super().__init__()
        self.trainings = {}

    async def submit_training(self, spec, asker):
        self.count(asker)
        self.asked.append(spec)
        self.trainings[spec.training_id] = FakeTraining()
        return spec.training_id

    async def find_training(self, training_id):
        if training_id not in self.trainings:
            raise NotFound("There is no such training.")
        return self.trainings[training_id]

    async def withdraw(self, run_id, key, noun="run"):
        await self.find_training(run_id)
        self.withdrawn.append((run_id, key, noun))


@pytest.fixture
def engine():
    return TrainingEngine()


@pytest.fixture
def client(engine):
    app = app_for(engine)
    app.include_router(trainings.router)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def start(client, **settings):
    return client.post("/api/trainings", json={"preset": "ring"} | settings)


def test_a_training_is_started_and_its_answer_says_where_its_events_are(client, engine):
    started = start(client, updates=50)
    assert started.status_code == 201
    content = started.json()
    assert content == {
        "id": engine.asked[0].training_id,
        "updates": 50,
        "events": f"/api/trainings/{content['id']}/events",
    }
    assert "set-cookie" in started.headers


def test_below_a_path_a_training_says_where_its_events_are_there(client):
    change_services(client.app, settings=Settings(root_path="/noise"))
    content = start(client).json()
    assert content["events"] == f"/noise/api/trainings/{content['id']}/events"


def test_its_events_come_from_the_report_after_the_last_one(client):
    events = start(client).json()["events"]
    whole = client.get(events)
    assert whole.headers["content-type"].startswith("text/event-stream")
    assert whole.content == b"".join([*REPORTS, DONE])
    assert client.get(events, headers={"last-event-id": "1"}).content == REPORTS[2] + DONE
    assert client.get(events, params={"after": 0}).content == b"".join(REPORTS[1:]) + DONE
    assert client.get(events, headers={"last-event-id": "x"}).status_code == 422


def test_a_viewer_is_withdrawn_by_its_name(client, engine):
    content = start(client).json()
    client.get(content["events"], params={"viewer": "a"})
    assert client.delete(f"/api/trainings/{content['id']}", params={"viewer": "a"}).status_code == 204
    ((training_id, key, noun),) = engine.withdrawn
    assert (training_id, noun) == (content["id"], "training")
    assert engine.trainings[training_id].viewers == [key]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_unknown_is_not_found(client, method):
    path = "/api/trainings/t123" + ("/events" if method == "GET" else "")
    assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"points": []}', 422, "draw at least one"),
        (b'{"points": [[NaN, 0]]}', 422, "two numbers between -2 and 2"),
        (b'{"points": [[0, 5]]}', 422, "point 1 must be two numbers"),
        (json.dumps({"points": [[0, 0]] * 2001}).encode(), 422, "at most 2,000 points"),
        (json.dumps({"points": [[0, 0]] * 10**6}).encode(), 413, "large"),
        (b"nothing", 422, "not JSON"),
        (b'"\xff"', 422, "not JSON"),
    ],
    ids=["none", "nan", "outside", "too many", "a million", "no JSON", "no UTF-8"],
)
def test_bad_requests_are_told_in_words(client, body, status, words):
    refused = client.post("/api/trainings", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == status
    assert words in refused.json()["error"]["message"]


def test_trainings_are_counted(client, engine):
    start(client)  # brings a cookie, and counts among those of the anonymous
    statuses = [start(client, seed=seed).status_code for seed in range(61)]
    assert statuses.count(201) == 60
    assert statuses[-1] == 429


def test_what_can_be_trained_is_described_with_the_machines_pace(client, engine):
    async def pace():
        return {"update_s": 0.001, "report_s": 0.02}

    engine.training_pace = pace
    described = client.get("/api/trainings").json()
    assert described["presets"] == ["ring", "two_moons", "letters"]
    assert described["limits"]["updates"] == {"least": 10, "usual": 3000, "most": 6000}
    assert (described["update_seconds"], described["report_seconds"]) == (0.001, 0.02)


def test_while_the_engine_is_away_its_pace_is_unknown(client, engine):
    async def pace():
        raise TryLater("asleep", 2)

    engine.training_pace = pace
    described = client.get("/api/trainings").json()
    assert (described["update_seconds"], described["report_seconds"]) == (None, None)


@pytest.mark.parametrize("name", ["", "a", "1234567"])
def test_without_a_cookie_nobody_ends_what_others_watch(client, engine, name):
    training_id = start(client).json()["id"]
    client.cookies.clear()
    assert client.delete(f"/api/trainings/{training_id}?viewer={name}").status_code == 204
    assert client.delete(f"/api/trainings/{'t' * 24}?viewer={name}").status_code == 404
    assert engine.withdrawn == []
