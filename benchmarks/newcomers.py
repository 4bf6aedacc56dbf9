"""S16: a browser's first run while a client without a cookie asks for runs a hundred times a second."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from app.cards import Card
from benchmarks.conditions import asked
from benchmarks.connection import Connection, run
from benchmarks.effort import Effort
from benchmarks.percentiles import percentile
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer

NEWCOMERS = 30
A_SECOND = 100
WARM_UP_S = 3.0
FIRST_S, TIMES = 2.0, 3.0


@dataclass(frozen=True)
class Visit:
    """Seconds from asking for the first run to its first frame, and to its end."""

    first_s: float
    finished_s: float


def measure_newcomers(server: Server, card: Card, seeds: Iterator[int], effort: Effort) -> list[Result]:
    """Measure S16 at the model's own settings."""
    wanted = {"model": card.name} | asked(card)
    count = min(NEWCOMERS, effort.events)
    server.wait_until_idle()
    alone = run(_visit_in_turn(server.port, wanted, seeds, count))
    server.wait_until_idle()
    beside, crowd = run(_beside_a_crowd(server.port, wanted, seeds, count))
    server.wait_until_idle()
    return _results(alone, beside, crowd, count)


async def _beside_a_crowd(
    port: int, wanted: dict[str, Any], seeds: Iterator[int], count: int
) -> tuple[list[Visit], Crowd]:
    async with crowding(port, wanted, seeds) as crowd:
        await asyncio.sleep(WARM_UP_S)
        return await _visit_in_turn(port, wanted, seeds, count), crowd


async def _visit_in_turn(port: int, wanted: dict[str, Any], seeds: Iterator[int], count: int) -> list[Visit]:
    """Send new browsers one after the other; who is refused has no visit."""
    lesson = (await Connection.ask(port, "/api/lessons")).json()[0]["slug"]
    visits = []
    for _ in range(count):
        with contextlib.suppress(ConnectionError):
            visits.append(await _visit(port, f"/lessons/{lesson}", wanted, seeds))
    return visits


async def _visit(port: int, lesson: str, wanted: dict[str, Any], seeds: Iterator[int]) -> Visit:
    """Open a lesson, take a ticket as its page does, ask for a run and watch it to its end."""
    browser = Viewer(port, wanted, seeds)
    async with contextlib.aclosing(await Connection.open(port)) as connection:
        await connection.request("GET", lesson)
        await browser.take_ticket(connection)
    seen = await browser.watch()
    ended_at = time.perf_counter()
    if not seen.is_complete:
        raise ConnectionError("the stream of a run broke off")
    return Visit(seen.arrivals[0] - seen.asked_at, ended_at - seen.asked_at)


class Crowd:
    """Asks for runs without a cookie and by the clock, whether or not the ones before were answered."""

    def __init__(self, port: int, wanted: dict[str, Any], seeds: Iterator[int]) -> None:
        self.statuses: Counter[int] = Counter()
        self.sent = 0
        self.seconds = 0.0
        self._port = port
        self._wanted = wanted
        self._seeds = seeds
        self._free: list[Connection] = []

    @property
    def rate(self) -> float:
        """Requests sent in a second."""
        return self.sent / self.seconds

    async def ask_for_ever(self) -> None:
        """Ask until cancelled; connections are used again."""
        began = time.perf_counter()
        try:
            async with asyncio.TaskGroup() as asking:
                while True:
                    await asyncio.sleep(began + self.sent / A_SECOND - time.perf_counter())
                    asking.create_task(self._ask())
                    self.sent += 1
                    self.seconds = time.perf_counter() - began
        finally:
            for connection in self._free:
                await connection.aclose()

    async def _ask(self) -> None:
        body = json.dumps({**self._wanted, "seed": next(self._seeds)}).encode()
        while self._free:
            connection = self._free.pop()
            with contextlib.suppress(OSError, EOFError):  # the server closes what is idle for a while
                await self._ask_by(connection, body)
                return
        await self._ask_by(await Connection.open(self._port), body)

    async def _ask_by(self, connection: Connection, body: bytes) -> None:
        answer = await connection.request("POST", "/api/runs", body=body)
        self.statuses[answer.status] += 1
        self._free.append(connection)


@contextlib.asynccontextmanager
async def crowding(port: int, wanted: dict[str, Any], seeds: Iterator[int]) -> AsyncGenerator[Crowd, None]:
    """Have the crowd ask for as long as the block lasts."""
    crowd = Crowd(port, wanted, seeds)
    task = asyncio.create_task(crowd.ask_for_ever())
    try:
        yield crowd
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _results(alone: list[Visit], beside: list[Visit], crowd: Crowd, count: int) -> list[Result]:
    answers = ", ".join(f"{number} with {status}" for status, number in sorted(crowd.statuses.items()))
    how = (
        f"{count} browsers one after the other, each with no cookie: the lesson's page, a ticket, a run at "
        "the default settings watched to its end. Beside them one client asks for runs without a cookie; it "
        f"was to ask {A_SECOND} times a second by the clock and came to {crowd.rate:.0f} ({answers})."
    )
    taken = Result("S16", f"first runs taken of {count}, in a crowd", len(beside), "≥", count, "", how)
    if not beside or not alone:
        return [taken]
    idle_s, firsts = median(one.finished_s for one in alone), [one.first_s for one in beside]
    slowest_s = max(one.finished_s for one in beside)
    how_long = (
        f"{how} Finished after {idle_s:.2f} s in the median of as many alone, {slowest_s:.2f} s beside it."
    )
    return [
        taken,
        Result("S16", "its first frame, 95th percentile", percentile(firsts, 0.95), "≤", FIRST_S, " s", how),
        Result("S16", "its first frame, worst", max(firsts), "≤", FIRST_S, " s", how),
        Result("S16", "worst time to its end / idle", slowest_s / idle_s, "≤", TIMES, "", how_long),
    ]
