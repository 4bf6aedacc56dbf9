"""A site whose lesson asks for predictions, and an engine whose runs end, stop and fail as a test wants."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from app.engine.judged import Judged
from app.engine.run import RunStatus
from app.errors import NotFound, TryLater
from app.main import create_app
from app.settings import Settings
from tests.tiny_model import CLASSES, write_judge, write_tiny_model
from tests.web.fake_engine import FakeRelay
from tests.web.services import change_services

LESSON = """+++
title = "Betting"
unit = "The idea"
minutes = 7
summary = "Bets."
hook = "Which?"
concepts = ["bet"]
+++

## First

A **bet**.

:::{{predict}} when
:lab: lab-1
:kind: step
:measure: known_step

At which step?
:::

:::{{lab}} player
:model: tiny
:label: square
:seed: {seed}
:steps: 4
:count: 2

A caption.
:::

:::{{predict}} spread
:lab: lab-1
:kind: choice
:measure: spread_against_50_steps

How different?

- below 0.5: Hardly.
- above 0.5: Much.
:::
"""
QUIZ = ""
ATTEMPT = "attempt-0123456789abcdef"


class BetEngine:
    """Runs of every specification: `status` is that of all, its judge is sure from `known_from` on."""

    def __init__(self, card):
        self.card = card
        self.recover()

    def recover(self):
        self.status = RunStatus.DONE
        self.known_from = 3
        self.fault = None
        self.judge_fault = None
        self.submitted = []
        self.runs = {}

    async def submit(self, spec, asker, replaces=None):
        if self.fault:
            raise self.fault
        run_id = spec.run_id(self.card.sha256)
        self.submitted.append(spec)
        self.runs[run_id] = FakeRelay(spec, self.card.shape)
        return run_id

    def relay(self, run_id):
        return self.runs[run_id]

    async def find(self, run_id):
        if run_id not in self.runs:
            raise NotFound("There is no such run.")
        return self.runs[run_id]

    async def picked(self, run_id, steps):
        frames = await (await self.find(run_id)).finished()
        return [frames[step] for step in steps]

    async def status_of(self, run_id):
        if self.fault:
            raise self.fault
        await self.find(run_id)
        return self.status

    async def judged(self, run_id):
        if self.judge_fault:
            raise self.judge_fault
        spec = self.runs[run_id].spec
        sure = np.arange(spec.steps + 1) >= self.known_from
        rows = np.full((spec.steps + 1, spec.count, len(CLASSES)), 0.01, np.float32)
        rows[:, :, spec.label] = np.where(sure, 0.98, 0.2)[:, None]
        return Judged({"class": CLASSES}, {"class": rows})

    async def close(self):
        pass


def asleep():
    return TryLater("the model is waking up", 2)


def site(folder: Path, seed: int = 1) -> tuple[TestClient, BetEngine]:
    """Make a site with records in `folder`, which another one may have used before."""
    lesson = folder / "lessons" / "01-betting"
    lesson.mkdir(parents=True, exist_ok=True)
    (lesson / "lesson.md").write_text(LESSON.format(seed=seed), encoding="utf-8")
    (lesson / "quiz.toml").write_text(QUIZ, encoding="utf-8")
    models = folder / "models"
    if not models.exists():
        write_judge(write_tiny_model(models), {"class": CLASSES})
    settings = Settings(
        lessons=folder / "lessons", models=models, database_url=f"sqlite:///{folder / 'records.sqlite3'}"
    )
    app = create_app(settings)
    client = TestClient(app, base_url="http://localhost", headers={"accept": "text/html"})
    client.__enter__()
    engine = BetEngine(next(file.card for file in app.state.services.cards))
    change_services(app, engine=engine)
    return client, engine


def predict(client: TestClient, given: object, name: str = "when", attempt: str = ATTEMPT):
    """Send a prediction as a script does."""
    return client.post(f"/api/predictions/{name}", json={"prediction": given, "attempt": attempt})


def told(client: TestClient, name: str = "when"):
    """Ask how a prediction stands."""
    return client.get(f"/api/predictions/{name}").json()


def sql(folder, statement):
    connection = sqlite3.connect(folder / "records.sqlite3")
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


def rows(folder):
    return sql(folder, "SELECT given, value FROM predictions")
