import anyio
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.errors import TryLater
from app.settings import Settings
from app.web.edge import health
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from tests.web.services import serve_with


class Engine:
    def __init__(self, answer):
        self.answer = answer

    async def status(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await anyio.sleep_forever()
        return self.answer


class FakeRecords:
    def __init__(self, answer):
        self.answer = answer

    def ready(self, fresh_s):
        return self.answer


def client_for(engine, records=True):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    app.include_router(health.router)
    serve_with(app, engine=Engine(engine), records=FakeRecords(records))
    return TestClient(app, base_url="http://localhost")


MODEL = {"name": "digits", "ready": True, "fault": None, "runtime": "eager", "max_rows": 64, "rate": 900}
REPORT = {"device": "cpu", "notice": None, "models": [MODEL], "runs": {"running": 1}, "capacity": 512}


def test_the_process_is_up_whatever_the_engine_and_the_records_do():
    answer = client_for(TryLater("waking"), records=False).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_engine_and_records_answer_with_device_models_and_queue():
    answer = client_for(REPORT).get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {**REPORT, "ready": True, "records": True, "missing": []}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("engine", "records", "word"),
    [(TryLater("the model is waking up"), True, "waking"), (REPORT, False, "records")],
)
def test_not_ready_says_what_is_missing_and_when_to_ask_again(engine, records, word):
    answer = client_for(engine, records).get("/readyz", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["ready"] is False
    assert [word in missing for missing in answer.json()["missing"]] == [True]


def test_an_engine_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(health, "ENGINE_PATIENCE_S", 0.05)
    answer = client_for(None).get("/readyz")
    assert answer.status_code == 503
    assert "has not answered" in answer.json()["missing"][0]


@pytest.mark.parametrize(("silent_s", "status"), [(0.0, 200), (1.2, 200), (3.1, 503)])
def test_an_engine_whose_device_hangs_is_not_ready_although_it_answers(silent_s, status):
    answer = client_for(REPORT | {"silent_s": silent_s}).get("/readyz")
    assert answer.status_code == status
    assert answer.json()["device"] == "cpu"
    assert answer.json()["missing"] == (
        ["The engine answers, but its device has hung for 3.1 s."] if status == 503 else []
    )
