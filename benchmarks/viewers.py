"""Viewers: clients that ask for runs and watch their frames, as a player does, one connection each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from benchmarks.connection import HOST, Connection
from benchmarks.event_counter import EventCounter


class Refused(ConnectionError):
    """A run was not taken."""


@dataclass
class Watched:
    """What one viewer saw of one run.

    Args:
        asked_at: when the run was asked for.
        arrivals: when each frame came that took a network call; the finished picture is not one of them.
    """

    asked_at: float
    arrivals: list[float] = field(default_factory=list)
    is_complete: bool = False

    @property
    def gaps(self) -> list[float]:
        """Seconds between one frame and the next."""
        return [there - here for here, there in pairwise(self.arrivals)]

    def within(self, began: float, ended: float) -> Watched:
        """Return what was seen of it in a window of time."""
        inside = [at for at in self.arrivals if began <= at < ended]
        return Watched(self.asked_at, inside, self.is_complete)


class Viewer:
    """One learner in a browser, with a cookie.

    Args:
        port: of the server.
        wanted: the run to ask for; each one gets the next seed.
        seeds: no two runs that may be compared share one, or the second would come out of the cache.
        address: of this machine, that the viewer's connections come from.
    """

    def __init__(
        self, port: int, wanted: Mapping[str, Any], seeds: Iterator[int], address: str = HOST
    ) -> None:
        self.port = port
        self.address = address
        self.wanted = wanted
        self.seeds = seeds
        self.watched: list[Watched] = []
        self.cookie: dict[str, str] = {}
        self._ticket: dict[str, str] = {}

    async def enrol(self) -> None:
        """Get a cookie by asking for the shortest run, with a ticket as a page does; unless there is one."""
        if self.cookie:
            return
        async with contextlib.aclosing(await Connection.open(self.port, self.address)) as connection:
            await self.take_ticket(connection)
            await self._watch_one(connection, {**self.wanted, "steps": 1, "count": 1})
        self.watched.clear()

    async def watch_for_ever(self) -> None:
        """Watch one run after another, until cancelled."""
        async with contextlib.aclosing(await Connection.open(self.port, self.address)) as connection:
            while True:
                await self._watch_one(connection, self.wanted)

    async def watch(self, frames: int | None = None) -> Watched:
        """Watch one run to its end, or hang up after so many frames."""
        async with contextlib.aclosing(await Connection.open(self.port, self.address)) as connection:
            return await self._watch_one(connection, self.wanted, frames)

    async def take_ticket(self, connection: Connection) -> None:
        """Ask for a ticket, which makes the next run that of a learner of its own; there may be none left."""
        ticket = (await connection.request("GET", "/api/ticket")).json()["ticket"]
        self._ticket = {"x-ticket": ticket} if ticket else {}

    async def _watch_one(
        self, connection: Connection, wanted: Mapping[str, Any], most: int | None = None
    ) -> Watched:
        seen = Watched(time.perf_counter())
        self.watched.append(seen)
        body = json.dumps({**wanted, "seed": next(self.seeds)}).encode()
        answer = await connection.request("POST", "/api/runs", self.cookie or self._ticket, body)
        if answer.status != 201:
            raise Refused(f"a run was answered with {answer.status}: {answer.body[:200]!r}")
        if "set-cookie" in answer.headers:
            self.cookie = {"cookie": answer.headers["set-cookie"].split(";")[0]}
        run = answer.json()
        counter = EventCounter()
        async with contextlib.aclosing(connection.stream(run["frames"], self.cookie)) as pieces:
            async for at, content in pieces:
                new = min(counter.feed(content), run["steps"] - len(seen.arrivals))
                seen.arrivals.extend([at] * new)
                if counter.is_closed or (most and len(seen.arrivals) >= most):
                    break
        if counter.has_failed:
            raise ConnectionError("a run failed; see the server's output")
        seen.is_complete = counter.is_done
        return seen


@contextlib.asynccontextmanager
async def watching(viewers: Sequence[Viewer]) -> Any:
    """Have viewers watch run after run for as long as the block lasts; a failure of one ends all."""
    await asyncio.gather(*(viewer.enrol() for viewer in viewers))
    tasks = [asyncio.create_task(viewer.watch_for_ever()) for viewer in viewers]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
