"""R4: ten times as many runs are asked for as the engine can do, whatever becomes of those before."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from benchmarks.connection import Answer, Connection, run
from benchmarks.event_counter import EventCounter
from benchmarks.percentiles import percentile
from benchmarks.viewers import Viewer, watching
from tests.reliability.crowd import SEEDS, WIDE, crowd

LEARNERS = 100
CAPACITY = 256
TIMES = 10
REFUSALS = (429, 503)
PATIENCE_S = 240.0


@dataclass
class Seen:
    """What came of it: seconds of each refusal, statuses, and the longest queue that the engine reports."""

    refused_s: list[float] = field(default_factory=list)
    without_retry: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    most_live: int = 0
    capacity: int = 0

    def note(self, answer: Answer, seconds: float) -> None:
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status in REFUSALS:
            self.refused_s.append(seconds)
            self.without_retry += not answer.headers.get("retry-after", "").isdigit()


@pytest.mark.parametrize("seconds", [2.0, pytest.param(30.0, marks=pytest.mark.soak)])
def test_what_is_too_much_is_refused_at_once_and_nothing_breaks(server, figures, seconds):
    """What the engine can do is measured with 8 viewers; then a hundred learners ask for ten times as many
    runs a second, or for more if that does not fill the queue, by the clock, and watch what they get. The
    queue's length is asked for five times a second. The clients share the cores with the server.
    """
    rate, seen = run(overload(server.port, seconds))
    asked = sum(seen.statuses.values())
    others = {status: count for status, count in seen.statuses.items() if status not in (200, 201, *REFUSALS)}
    assert seen.refused_s, f"{asked} runs at {rate:.0f} a second were all taken"
    figures.how += f" Here {rate:.0f} runs a second were asked for; answers by status: {seen.statuses}."
    figures.note("R4", "runs in the queue beyond its cap", seen.most_live - seen.capacity, "≤", 0)
    figures.note("R4", "refusals without Retry-After", seen.without_retry, "≤", 0)
    figures.note("R4", "answers that are neither 2xx nor a refusal", sum(others.values()), "≤", 0)
    late_ms = 1000 * percentile(seen.refused_s, 0.99)
    figures.note("R4", "refusals, 99th percentile", late_ms, "≤", 50, " ms", lenient=60_000)
    figures.must_hold()


async def overload(port: int, seconds: float) -> tuple[float, Seen]:
    learners = await crowd(port, LEARNERS, WIDE)
    rate = max(TIMES * await can_do(learners[:8]), 1.5 * CAPACITY / seconds)
    seen, watching_on = Seen(), set[asyncio.Task[None]]()
    looking = asyncio.create_task(look(port, seen))
    began = time.perf_counter()
    async with asyncio.timeout(seconds + PATIENCE_S), asyncio.TaskGroup() as asking:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            asking.create_task(ask(learners[number % len(learners)], seen, watching_on))
    looking.cancel()
    for task in watching_on:
        task.cancel()
    await asyncio.gather(*watching_on, looking, return_exceptions=True)
    return rate, seen


async def can_do(viewers: Sequence[Viewer]) -> float:
    """Measure how many such runs a second the engine carries through, by the frames that come."""
    async with watching(viewers):
        await asyncio.sleep(0.5)
        began = time.perf_counter()
        await asyncio.sleep(2.0)
        ended = time.perf_counter()
    frames = sum(len(seen.within(began, ended).arrivals) for one in viewers for seen in one.watched)
    return frames / (ended - began) / float(WIDE["steps"])


async def ask(learner: Viewer, seen: Seen, watching_on: set[asyncio.Task[None]]) -> None:
    connection = await Connection.open(learner.port)
    body = json.dumps({**WIDE, "seed": next(SEEDS)}).encode()
    asked_at = time.perf_counter()
    answer = await connection.request("POST", "/api/runs", learner.cookie, body)
    seen.note(answer, time.perf_counter() - asked_at)
    frames = answer.json()["frames"] if answer.status == 201 else None
    watching_on.add(asyncio.create_task(watch(connection, frames, learner.cookie)))


async def watch(connection: Connection, frames: str | None, cookie: dict[str, str]) -> None:
    counter = EventCounter()
    async with contextlib.aclosing(connection):
        with contextlib.suppress(ConnectionError):  # too many streams of this learner
            if frames:
                async for _, content in connection.stream(frames, cookie):
                    counter.feed(content)
                    if counter.is_closed:
                        return


async def look(port: int, seen: Seen) -> None:
    while True:
        report = (await Connection.ask(port, "/readyz")).json()
        if "runs" in report:
            live = sum(count for status, count in report["runs"].items() if status not in ("done", "failed"))
            seen.most_live, seen.capacity = max(seen.most_live, live), report["capacity"]
        await asyncio.sleep(0.2)
