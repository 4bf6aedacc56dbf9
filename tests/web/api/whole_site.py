"""A whole site over a small course with everything in it, and an engine that is made up: for any request."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fastapi import FastAPI

from app.engine.frame_log import FrameLog, StepLog, Viewer
from app.engine.run import RunStatus
from app.engine.step_numbers import Place, step_numbers
from app.engine.trajectory import plan_of
from app.errors import NotFound
from app.main import create_app
from app.settings import Settings
from app.web.edge.connections import PatientConnection
from tests.browser.server_thread import served_in_thread
from tests.labs.readings.asked_cards import CARDS as DIGITS
from tests.tiny_model import CLASSES, write_judge, write_tiny_model
from tests.web.fake_engine import CARDS
from tests.web.practice.predicting import LESSON, BetEngine
from tests.web.services import change_services
from tests.web.small_course import COURSE

MANY = 10**6
"""Of anything within the minute: what is tested is not how much may be asked for."""


class Training:
    """A training whose reports are all there."""

    def __init__(self) -> None:
        self.log = FrameLog()
        for content in (b"id: 0\nevent: progress\ndata: {}\n\n", b"event: done\ndata: {}\n\n"):
            self.log.append(content)

    async def watch(self, after=-1, key=""):
        async for content in self.log.read(after, Viewer(key)):
            yield content


class WholeEngine(BetEngine):
    """Takes whatever can be asked for; everything has ended at once."""

    def recover(self):
        super().recover()
        del self.status  # which is a method here
        self.trainings: dict[str, Training] = {}

    async def status_of(self, run_id):
        await self.find(run_id)
        return RunStatus.DONE

    async def step_numbers(self, run_id, step, picture, x, y):
        spec = (await self.find(run_id)).spec
        card = next(file.card for file in CARDS if file.card.name == spec.model)
        plan, grey, log = plan_of(spec, card), np.zeros((spec.count, *card.shape), np.float16), StepLog()
        for _ in plan.calls:
            log.append(grey, grey)
        log.end(grey)
        return step_numbers(spec, card, log, step, Place(picture, x, y))

    async def submit_training(self, spec, asker):
        self.trainings[spec.training_id] = Training()
        return spec.training_id

    async def find_training(self, training_id):
        if training_id not in self.trainings:
            raise NotFound("There is no such training.")
        return self.trainings[training_id]

    async def training_pace(self):
        return {"update_s": 0.001, "report_s": 0.01}

    async def withdraw(self, run_id, key, noun="run"):
        await (self.find(run_id) if noun == "run" else self.find_training(run_id))

    async def status(self):  # type: ignore[override]
        model = {
            "name": "tiny",
            "ready": True,
            "fault": None,
            "runtime": "eager",
            "max_rows": 64,
            "rate": 900,
        }
        return {"device": "a test", "notice": None, "models": [model], "runs": {"done": len(self.runs)}}

    async def once(self, model, picture, noise, seed, label, prompt=None, *, asker):
        numbers = np.zeros(len(picture), "<f4").tobytes()
        encoded = {"noisy": picture, "estimate": picture, "v_hat": numbers}
        told = {name: base64.b64encode(content).decode() for name, content in encoded.items()}
        return told | {"rms_noisy": 0.5, "rms_estimate": 0.25}

    def leave(self):
        pass


def make_site(folder: Path) -> FastAPI:
    """Make the application, with an engine to be put in once it has started."""
    lesson = folder / "lessons" / "01-betting"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON.format(seed=1), encoding="utf-8")
    (lesson / "quiz.toml").write_text("".join(COURSE).replace('"colour"', '"bet"'), encoding="utf-8")
    write_judge(write_tiny_model(folder / "models"), {"class": CLASSES})
    return create_app(
        Settings(
            lessons=lesson.parent,
            models=folder / "models",
            database_url=f"sqlite:///{folder / 'records.sqlite3'}",
            answers_per_minute=MANY,
            anonymous_answers_per_minute=MANY,
            files_per_minute=MANY,
            anonymous_files_per_minute=MANY,
        )
    )


@contextlib.contextmanager
def whole_site(folder: Path) -> Iterator[str]:
    """Serve such a site as `fromnoise serve` does its connections, and give its address."""
    app = make_site(folder)
    with served_in_thread(app, http=PatientConnection) as url:
        (tiny,) = app.state.services.cards
        cards = (tiny, DIGITS["digits"])  # which labs on pages of their own ask
        change_services(app, engine=WholeEngine(tiny.card), cards=cards)
        yield url
