"""A server whose records cannot be opened shows its lessons, refuses answers, and opens them when it can."""

from __future__ import annotations

import errno
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import anyio.from_thread
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from app.errors import TryLater
from app.main import create_app
from app.settings import Settings
from app.web.edge import keeping
from tests.web.services import serve_with
from tests.web.small_course import COURSE, LESSON


@pytest.fixture
def settings(tmp_path):
    lesson = tmp_path / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON)
    (lesson / "quiz.toml").write_text("".join(COURSE))
    (tmp_path / "models").mkdir()
    url = f"sqlite:///{tmp_path / 'kept' / 'records.sqlite3'}"
    return Settings(lessons=tmp_path / "lessons", models=tmp_path / "models", database_url=url)


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def locked(*_, **__):
    raise TryLater("The records cannot be written just now (database is locked).", 5)


@pytest.mark.parametrize("fault", ["full", "locked"])
def test_records_that_cannot_be_opened_cost_no_lesson_and_come_later(settings, monkeypatch, fault):
    if fault == "full":
        monkeypatch.setattr("app.learners.database.os.open", full)
    else:
        monkeypatch.setattr(keeping, "open_records", locked)
    monkeypatch.setattr(keeping.open_later, "__defaults__", (0.05,))
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost") as client:
        assert client.get("/lessons/colours").status_code == 200
        assert client.get("/").status_code == 200
        refused = client.post("/api/questions/one/solution")
        assert refused.status_code == 503
        assert "retry-after" in refused.headers
        assert "set-cookie" not in refused.headers
        assert client.get("/readyz").json()["records"] is False
        monkeypatch.undo()
        end = time.monotonic() + 10
        while client.get("/readyz").json()["records"] is False:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert client.post("/api/questions/one/solution").status_code == 200


def test_a_wrong_url_keeps_the_server_from_starting(settings):
    wrong = settings.model_copy(update={"database_url": "sqlite:///:memory:"})
    with pytest.raises(Exception, match="need a file"), TestClient(create_app(wrong)):
        pass


def test_learners_are_pruned_now_and_then_and_a_faulty_database_ends_nothing():
    app = FastAPI()
    asked, enough = [], anyio.Event()

    def forget(_, kept, after):
        asked.append(kept)
        if len(asked) == 6:
            anyio.from_thread.run_sync(enough.set)
        if len(asked) == 1:
            raise TryLater("locked", 5)
        if len(asked) == 2:
            raise DatabaseError("malformed", None, Exception())
        return (after + 1 if after < 3 else None), 1

    async def some_rounds():
        serve_with(app, records=None)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(partial(keeping.prune_often, app, 30, every_s=0.01, forget=forget))
                await enough.wait()
                group.cancel_scope.cancel()

    with ThreadPoolExecutor(1) as thread:  # browser tests may have left a loop in this one
        thread.submit(anyio.run, some_rounds).result()
    assert {kept.days for kept in asked} == {30}
