"""Several engines with real servers behind one web process, or more; each can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from app.engine.admission import Admission, Asker, RunLimits
from app.engine.core import Core
from app.engine.server import create_engine_app
from app.engine.several import SeveralEngines
from tests.engine.core_scenes import names
from tests.serving import served

ME = Asker("me", "here")


class Stage:
    """Two engines, each of which can be stopped, and their clients."""

    def __init__(self, cores, urls, stops, cards):
        self.cores = cores
        self.urls = urls
        self._stops = stops
        self._cards = cards
        self.clients = []
        self.engines = self.another()

    def another(self):
        """Return what another web process has."""
        client = SeveralEngines(self.urls, "secret", self._cards)
        self.clients.append(client)
        return client

    async def stop(self, place):
        await self._stops[place].aclose()

    def runs(self):
        """Count the runs that each engine has."""
        return [sum(core.report()["runs"].values()) for core in self.cores]


@contextlib.asynccontextmanager
async def staged(sources, cards, tables=None, trainings=None, **limits: int) -> AsyncIterator[Stage]:
    nothing = [None] * len(sources)
    cores = [
        Core(source, runs, Admission(RunLimits(**limits)), trainings=training)
        for source, runs, training in zip(sources, tables or nothing, trainings or nothing, strict=True)
    ]
    async with contextlib.AsyncExitStack() as whole:
        stops = [await whole.enter_async_context(contextlib.AsyncExitStack()) for _ in cores]
        urls = [
            await stop.enter_async_context(served(create_engine_app(core, "secret", f"device {place}")))
            for place, (core, stop) in enumerate(zip(cores, stops, strict=True))
        ]
        stage = Stage(cores, urls, stops, cards)
        try:
            yield stage
        finally:
            for source in sources:
                getattr(source, "may_go", asyncio.Event()).set()
            for client in stage.clients:
                await client.close()


def play(scene, sources, cards, **limits):
    async def whole():
        async with asyncio.timeout(30), staged(sources, cards, **limits) as stage:
            return await scene(stage)

    return asyncio.run(whole())


async def collect(relay, after=-1):
    async with contextlib.aclosing(relay.watch(after, "me")) as events:
        return [content async for content in events]


def ends(contents):
    return names(contents)[-1]
