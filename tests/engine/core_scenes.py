"""The core with its real device thread and a tiny model; each scene runs on an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from dataclasses import replace

import torch

from app.controls.request import RunRequest
from app.engine.core import Core
from app.engine.reading import read_run
from app.errors import InvalidRequest, TryLater
from tests.tiny_model import painter_card, tiny_card

CARDS = {card.name: card for card in (tiny_card(), painter_card())}


class Source:
    """A tiny model, whose network can be slowed down, held up or made to fail."""

    device = torch.device("cpu")

    def __init__(self, tiny, pause_s=0.0, max_rows=64):
        self.network = tiny.denoiser.network
        self.pause_s = pause_s
        self.fault = None
        self.is_missing = False
        self.may_go = threading.Event()
        self.may_go.set()
        self.batches = []
        self.shrunk = []
        denoiser = replace(tiny.denoiser, network=self)
        self.model = replace(tiny, denoiser=denoiser, max_rows=max_rows)

    def get(self, name):
        if self.is_missing:
            raise TryLater("the weights are missing", 60)
        if name != self.model.card.name:
            raise InvalidRequest(f"unknown model {name!r}", "model")
        return self.model

    def shrink(self, name, rows):
        self.shrunk.append(rows)
        if rows == 1:
            return False
        self.model = replace(self.model, max_rows=rows - 1)
        return True

    def try_out(self, name):
        assert name == self.model.card.name
        self(torch.zeros(1, *self.model.card.shape), torch.zeros(1), torch.zeros(1, 1, dtype=torch.int64))

    def report(self):
        return []

    def __call__(self, x_t, t, condition):
        self.may_go.wait(10)
        time.sleep(self.pause_s)
        self.batches.append(len(x_t))
        if self.fault:
            raise self.fault
        return self.network(x_t, t, condition)


def never(job, expected_s):
    raise AssertionError("a CPU's models need nothing done on the device thread")


def spec(**settings):
    """Read a run of one of the tiny models."""
    request = RunRequest.model_validate({"model": "tiny"} | settings)
    return read_run(request, CARDS[request.model]).spec


def play(scene, source, runs=None, give_up=lambda _: None):
    """Run a scene with a core that is started and stopped around it."""

    async def whole():
        core = Core(source, runs, give_up=give_up)
        core.start()
        try:
            async with asyncio.timeout(20):
                return await scene(core)
        finally:
            source.may_go.set()
            await asyncio.to_thread(core.stop)

    return asyncio.run(whole())


async def watch(core, run_id, after=-1):
    """Read a run to its end: the names of its events, in order."""
    async with contextlib.aclosing(core.watch(run_id, after)) as events:
        return names([content async for content in events])


def names(contents):
    lines = b"".join(contents).split(b"\n")
    return [line.removeprefix(b"event: ").decode() for line in lines if line.startswith(b"event: ")]


async def until(condition):
    while not condition():  # noqa: ASYNC110  (the other side is a thread)
        await asyncio.sleep(0.005)
