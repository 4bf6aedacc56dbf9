"""S5: how long a viewer waits for the first frame, of an idle engine and of one with a full batch."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from app.cards import Card
from app.diffusion.plan import rows_needed
from benchmarks.conditions import asked
from benchmarks.connection import run
from benchmarks.effort import Effort
from benchmarks.percentiles import percentile
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer, watching

ALLOWANCE_S = 0.010
SHORTEST_STEP_S = 1e-4
"""Frames of several steps that arrive at once have no gap between them."""

WARM_UP_S = 2.0
STEP_TIMES = {"idle": 1.5, "full": 2.5}


def measure_first_frames(server: Server, card: Card, seeds: Iterator[int], effort: Effort) -> list[Result]:
    """Measure S5 at the model's own settings."""
    wanted = {"model": card.name} | asked(card)
    max_rows = next(model["max_rows"] for model in server.report()["models"] if model["name"] == card.name)
    viewers = max_rows // rows_needed(card.defaults.guidance, conditioned=True)
    server.wait_until_idle()
    idle = run(_idle(server, wanted, seeds, effort.events))
    server.wait_until_idle()
    full = run(_full(server, wanted, seeds, effort.events, viewers))
    server.wait_until_idle()
    return [
        _result("idle", "first frame of an idle engine", *idle),
        _result("full", f"first frame joining a full batch ({viewers} viewers)", *full),
    ]


async def _idle(
    server: Server, wanted: dict[str, Any], seeds: Iterator[int], events: int
) -> tuple[list[float], float]:
    """Ask again and again while nobody else does; also watch one run to its end for the step time."""
    alone = await Viewer(server.port, wanted, seeds).watch()
    waits = []
    for _ in range(events):
        await asyncio.sleep(0.3)
        waits.append(await _first_frame(server, wanted, seeds))
    return waits, median(alone.gaps)


async def _full(
    server: Server, wanted: dict[str, Any], seeds: Iterator[int], events: int, count: int
) -> tuple[list[float], float]:
    """Ask at random moments while as many watch as one batch holds."""
    viewers = [Viewer(server.port, wanted, seeds) for _ in range(count)]
    moments = random.Random(0)
    waits = []
    async with watching(viewers):
        await asyncio.sleep(WARM_UP_S)
        began = time.perf_counter()
        await asyncio.sleep(WARM_UP_S)
        ended = time.perf_counter()
        seen = [watched.within(began, ended) for viewer in viewers for watched in viewer.watched]
        gaps = [gap for watched in seen for gap in watched.gaps]
        for _ in range(events):
            await asyncio.sleep(moments.uniform(0.1, 0.4))
            waits.append(await _first_frame(server, wanted, seeds))
    return waits, median(gaps)


async def _first_frame(server: Server, wanted: dict[str, Any], seeds: Iterator[int]) -> float:
    """Have somebody new ask for a run, and return how long the first frame took; they leave then."""
    seen = await Viewer(server.port, wanted, seeds).watch(frames=1)
    return seen.arrivals[0] - seen.asked_at


def _result(case: str, what: str, waits: list[float], step_s: float) -> Result:
    allowed = STEP_TIMES[case]
    step_s = max(step_s, SHORTEST_STEP_S)
    late = percentile(waits, 0.95)
    return Result(
        code="S5",
        what=f"{what}, 95th percentile beyond 10 ms, in step times",
        measured=(late - ALLOWANCE_S) / step_s,
        sense="≤",
        target=allowed,
        unit=" steps",
        how=f"From asking for a run to its first frame, {len(waits)} times at the default settings: median "
        f"{1000 * median(waits):.0f} ms, 95th percentile {1000 * late:.0f} ms; a step there takes "
        f"{1000 * step_s:.0f} ms (the median gap between frames), so {allowed:g} steps and 10 ms are "
        f"{1000 * (allowed * step_s + ALLOWANCE_S):.0f} ms.",
    )
