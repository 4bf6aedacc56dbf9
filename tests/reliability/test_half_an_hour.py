"""R9: thirty learners for half an hour: memory and descriptors stay where they are."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time

import numpy as np
import psutil
import pytest

from benchmarks.connection import Answer, Connection, run
from benchmarks.viewers import Viewer
from tests.real_server import RealServer
from tests.reliability.crowd import LONG, SHORT, crowd
from tests.reliability.quiet import settle

LEARNERS = 30
PAUSE_S = 2.0
"""Between one thing and the next: as many runs a minute as one learner may have are not reached."""

MB = 1e6
TEN_MINUTES_S = 600.0
DESCRIPTORS = 2


@pytest.mark.parametrize(
    ("warm_up_s", "seconds", "every_s"),
    [(1.0, 2.0, 0.25), pytest.param(600.0, 1200.0, 5.0, marks=pytest.mark.soak)],
)
def test_memory_and_descriptors_stay_where_they_are(server, figures, warm_up_s, seconds, every_s):
    """Thirty learners each open the lesson, watch a run of their own, answer a question and pause for 2 s,
    over and over, after as many runs as the engine keeps: for ten minutes, and after a rest for twenty
    more. Of those, resident memory of web process and engine every 5 s, and the slope of a straight
    line through it. Descriptors are counted at rest before and after them.
    """
    if figures.is_full:
        run(fill(server.port))
    run(attend(server, warm_up_s, every_s))
    before = settle(server)
    web, engine, refused = run(attend(server, seconds, every_s))
    after = settle(server, before)
    figures.how += f" {refused} runs were refused, and asked for again."
    at = np.arange(len(web)) * every_s
    for what, resident in (("web process", web), ("engine", engine)):
        slope = TEN_MINUTES_S * np.polyfit(at, np.array(resident) / MB, 1)[0]
        figures.how += f" The {what} had {resident[0] / MB:.1f} MB, at the end {resident[-1] / MB:.1f} MB."
        if figures.is_full:
            figures.note("R9", f"30 viewers: memory of the {what}, slope in 10 min", slope, "≤", 1, " MB")
    figures.note("R9", "descriptors more", after - before, "≤", DESCRIPTORS)
    figures.must_hold()


async def fill(port: int) -> None:
    """Have as many runs as the engine keeps: 128 MB of frames."""
    learners = await crowd(port, LEARNERS, LONG)
    await asyncio.gather(*(one.watch() for one in learners for _ in range(3)))


async def attend(server: RealServer, seconds: float, every_s: float) -> tuple[list[int], list[int], int]:
    """Have the learners learn; return the memory of web and engine as it went, and how many were refused."""
    learners = await crowd(server.port, LEARNERS, SHORT)
    web, engine = psutil.Process(server.process.pid), server.engine
    memory_web, memory_engine = [], []
    tasks = [asyncio.create_task(learn(one, n)) for n, one in enumerate(learners)]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        await asyncio.sleep(every_s)
        memory_web.append(web.memory_info().rss)
        memory_engine.append(engine.memory_info().rss)
        for task in tasks:
            if task.done():
                task.result()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return memory_web, memory_engine, sum(one.refused for one in learners)


async def learn(learner: Viewer, number: int) -> None:
    """Read, watch, answer and pause."""
    await asyncio.sleep(PAUSE_S * number / LEARNERS)
    ids = [option["id"] for option in (await ask(learner, "GET", "/api/questions/one")).json()["options"]]
    for times in itertools.count():
        await ask(learner, "GET", "/lessons/colours")
        await learner.watch()
        learner.watched.clear()
        body = {"options": [ids[times % 4]], "attempt": f"{number}-{times}-{time.monotonic_ns()}"}
        await ask(learner, "POST", "/api/questions/one/answers", json.dumps(body).encode())
        await asyncio.sleep(PAUSE_S)


async def ask(learner: Viewer, method: str, path: str, body: bytes = b"") -> Answer:
    async with contextlib.aclosing(await Connection.open(learner.port)) as connection:
        answer = await connection.request(method, path, learner.cookie, body)
        assert answer.status == 200, answer.body
        return answer
