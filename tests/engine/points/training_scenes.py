"""Trainings played without a server: a table, a trainer, and the reports as they are read."""

from __future__ import annotations

import base64
import json
import threading

import numpy as np

from app.engine.admission import Account
from app.engine.points.spec import read_training
from app.engine.points.trainer import Trainer, TrainingTable


def spec(**settings):
    given = settings if "points" in settings else {"preset": "ring"} | settings
    return read_training(json.dumps(given).encode())


class Scene:
    """A trainer with a table of its own."""

    def __init__(self, **bounds):
        self.table = TrainingTable(**bounds)
        self.trainer = Trainer(self.table, threading.Condition(), lambda _: None)

    def join(self, learner="somebody", **settings):
        wanted = spec(**settings)
        live = self.table.admit(wanted.training_id, wanted, Account(learner, "here"), 0, 0.0)
        live.viewers = 1
        return live

    def turn(self, budget_s=0.0):
        """Make one slice; without a budget one burst or round of reports at least."""
        self.trainer.go_on(self.table.wanted(1.0), budget_s)

    def play(self, *lives):
        """Go on until these have ended."""
        while any(live.log.ending is None for live in lives):
            self.turn(0.05)


def trained(**settings):
    """Play one training alone, and return it."""
    scene = Scene()
    live = scene.join(**settings)
    scene.play(live)
    return live


def reports(live):
    return [json.loads(content.split(b"data: ", 1)[1]) for content in live.log.frames]


def points(encoded):
    return np.frombuffer(base64.b64decode(encoded), "<f2").astype(float).reshape(-1, 2)


def updates_of(live):
    return live.training.network.updates if live.training else 0
