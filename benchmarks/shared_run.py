"""S7: a class that watches one run costs the engine one run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from app.cards import Card
from app.errors import FromNoiseError
from benchmarks.conditions import asked
from benchmarks.connection import run
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer, Watched

VIEWERS = 64


def measure_shared_run(server: Server, card: Card, seeds: Iterator[int]) -> list[Result]:
    """Measure S7 without guidance, where a step is one network row."""
    seed, steps = next(seeds), card.defaults.steps
    server.wait_until_idle()
    before = server.report()
    seen = run(_watch_together(server.port, card, seed))
    after = server.report()
    rows = after["network_rows"] - before["network_rows"]
    complete = sum(watched.is_complete and len(watched.arrivals) == steps for watched in seen)
    if complete < VIEWERS:
        raise FromNoiseError(f"only {complete} of {VIEWERS} viewers of one run saw all of it")
    return [
        Result(
            code="S7",
            what=f"{VIEWERS} viewers of one run: network rows / steps",
            measured=rows / steps,
            sense="≤",
            target=1.05,
            unit="",
            how=f"{VIEWERS} clients ask for the same unguided run of {steps} steps at once and each watches "
            f"all of its frames; the engine counted {rows} rows.",
        )
    ]


async def _watch_together(port: int, card: Card, seed: int) -> list[Watched]:
    wanted = {"model": card.name, "guidance": 1.0} | asked(card)
    viewers = [Viewer(port, wanted, iter((seed,))) for _ in range(VIEWERS)]
    return await asyncio.gather(*(viewer.watch() for viewer in viewers))
