"""An engine client that keeps its runs in memory, and the web app around it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from fastapi import FastAPI

from app.cards import CardFile, Defaults
from app.engine.admission import Admission, RunLimits
from app.engine.frame_events import event, frame_event
from app.engine.frame_log import FrameLog, Viewer
from app.errors import NotFound
from app.settings import ROOMS, Settings, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.runs import api, files, page
from tests.cards import made_up_card
from tests.web.services import change_services, serve_with

DONE = event("done", {"steps": 4, "calls": 4, "seconds": 0.1})


WORDS = {
    "time": ("dawn daybreak", "day", "night midnight"),
    "thing": ("house home", "tree"),
    "colour": ("red", "blue"),
    "other": ("a an", "the"),
}


def card(name="tiny", shape=(1, 8, 8), words=None):
    return made_up_card(
        name,
        shape,
        Defaults(sampler="ddim", steps=4, guidance=2.0),
        title=name,
        classes=() if words else ("round", "square"),
        words=words or {},
    )


NOWHERE = Path("/nowhere")
CARDS = [
    CardFile(card(), "", NOWHERE),
    CardFile(card("colour", (3, 8, 8)), "", NOWHERE),
    CardFile(card("painter", (3, 8, 8), WORDS), "", NOWHERE),
]


def panes(spec, shape, step):
    """Different pixels for each frame and pane: (3, count, height, width, channels)."""
    channels, height, width = shape
    generator = np.random.default_rng(step)
    return generator.integers(0, 256, (3, spec.count, height, width, channels), dtype=np.uint8)


class FakeRelay:
    """A run whose frames are all there, but for what a test holds back."""

    def __init__(self, spec, shape, fault=None):
        self.spec = spec
        self.log = FrameLog()
        self.viewers = []
        self.fault = fault
        for step in range(spec.steps + 1):
            noisy, clean, noise = (pane.tobytes() for pane in panes(spec, shape, step))
            self.log.append(frame_event(step, b'{"step":%d' % step, (noisy, clean, noise)))
        self.log.append(DONE)

    async def watch(self, after=-1, key=""):
        self.viewers.append(key)
        async with contextlib.aclosing(self.log.read(after, Viewer(key))) as events:
            async for content in events:
                yield content

    async def finished(self):
        if self.fault:
            raise self.fault
        return self.log.frames


class FakeEngine:
    """Has the same methods as `app.engine.client.EngineClient`, and notes what it was asked."""

    def __init__(self):
        self.runs = {}
        self.asked = []
        self.withdrawn = []
        self.picked_steps = []
        self.fault = None
        self.admission = Admission()

    def limit(self, settings):
        """Count as an engine does that `fromnoise serve` starts with these settings."""
        self.admission = Admission(RunLimits(*settings.engine_limits.values()))

    def count(self, asker, replaces=None):
        """Count what is asked for, and return on whose account it goes."""
        is_run = replaces not in self.runs
        is_change = replaces is not None
        return self.admission.take(asker.learner, asker.address, is_change=is_change, is_run=is_run).learner

    async def submit(self, spec, asker, replaces=None):
        if self.fault:
            raise self.fault
        self.asked.append((spec, self.count(asker, replaces)))
        run_id = spec.run_id("weights")
        shape = next(file.card.shape for file in CARDS if file.card.name == spec.model)
        self.runs[run_id] = FakeRelay(spec, shape)
        return run_id

    def relay(self, run_id):
        if run_id not in self.runs:
            raise NotFound("There is no such run.")
        return self.runs[run_id]

    async def find(self, run_id):
        return self.relay(run_id)

    async def picked(self, run_id, steps):
        frames = await self.relay(run_id).finished()
        self.picked_steps.append((run_id, tuple(steps)))
        return [frames[step] for step in steps]

    async def withdraw(self, run_id, key):
        self.relay(run_id)
        self.withdrawn.append((run_id, key))


def app_for(engine, cards=CARDS, **limits):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    for part in (api, files):
        app.include_router(part.router)
    serve_with(app, limits, engine=engine, cards=cards)
    if isinstance(engine, FakeEngine):
        engine.limit(app.state.services.settings)
    return app


def app_with_pages(engine, **limits):
    """Make an app that has the pages of runs too."""
    app = app_for(engine, **limits)
    app.include_router(page.router)
    templates = make_templates(files_folder("templates"), Assets(files_folder("static"), ROOMS), ROOMS)
    change_services(app, catalogue=SimpleNamespace(lessons=()), templates=templates)
    return app


def start(client, **settings):
    return client.post("/api/runs", json={"model": "tiny"} | settings)
