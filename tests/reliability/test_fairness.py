"""R5: one of thirty learners behind one address asks for fifty times as much as each of the others."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from benchmarks.connection import Connection, run
from benchmarks.viewers import Viewer, watching
from tests.reliability.crowd import LONG, SEEDS, crowd

ORDINARY = 29
TIMES = 50


@pytest.mark.parametrize("seconds", [3.0, pytest.param(60.0, marks=pytest.mark.soak)])
def test_one_who_asks_for_fifty_times_as_much_takes_nothing_from_the_others(server, figures, seconds):
    """29 learners watch one long run after another; one more, behind the same address, posts 50 times as many
    as each of them and watches all that are taken. Jain's index over the frames of the 29 in the same time.
    """
    frames, greedy = run(crowded(server.port, seconds))
    index = sum(frames) ** 2 / (len(frames) * sum(count**2 for count in frames))
    figures.how += f" Here the one posted {sum(greedy.values())} runs: {dict(greedy)} by status."
    figures.note("R5", "Jain's index over 29 viewers beside a greedy one", index, "≥", 0.95, lenient=0.8)
    figures.note("R5", "viewers locked out", sum(count == 0 for count in frames), "≤", 0)
    figures.must_hold()


async def crowded(port: int, seconds: float) -> tuple[list[int], Counter[int]]:
    learners = await crowd(port, ORDINARY + 1, LONG)
    *viewers, greedy = learners
    statuses: Counter[int] = Counter()
    async with watching(viewers):
        asking = asyncio.create_task(ask_for_more(greedy, viewers, statuses))
        await asyncio.sleep(1.0)
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        ended = time.perf_counter()
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    frames = [sum(len(seen.within(began, ended).arrivals) for seen in one.watched) for one in viewers]
    return frames, statuses


async def ask_for_more(greedy: Viewer, viewers: Sequence[Viewer], statuses: Counter[int]) -> None:
    """Keep at fifty times what the others have asked for, and watch whatever is taken."""
    async with asyncio.TaskGroup() as group:
        while True:
            asked = sum(len(viewer.watched) for viewer in viewers) / len(viewers)
            if statuses.total() < TIMES * asked:
                group.create_task(ask_and_watch(greedy, statuses))
                await asyncio.sleep(0.005)
            else:
                await asyncio.sleep(0.02)


async def ask_and_watch(greedy: Viewer, statuses: Counter[int]) -> None:
    async with contextlib.aclosing(await Connection.open(greedy.port)) as connection:
        body = json.dumps({**LONG, "seed": next(SEEDS)}).encode()
        answer = await connection.request("POST", "/api/runs", greedy.cookie, body)
        statuses[answer.status] += 1
        if answer.status == 201:
            with contextlib.suppress(ConnectionError):  # more streams than one learner may have
                async for _ in connection.stream(answer.json()["frames"], greedy.cookie):
                    pass
