"""S14: what the processes keep in memory while sixty-four people watch runs of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from app.cards import Card
from benchmarks.conditions import asked
from benchmarks.connection import run
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer

VIEWERS = 64
EVERY_S = 0.25
MB = 1e6


def measure_memory(server: Server, card: Card, seeds: Iterator[int], viewers: int = VIEWERS) -> list[Result]:
    """Measure S14 on a server that has been at work already; its target for the engine is one for a CPU."""
    web, engine = run(_peak(server, card, seeds, viewers))
    how = (
        f"The largest resident size seen while {viewers} clients each watch a run of their own at the "
        "default settings, on the server that all measurements above were made on, its caches filled by them."
    )
    return [
        Result("S14", f"web process, {viewers} viewers", web / MB, "≤", 150, " MB", how),
        Result("S14", f"engine, {viewers} viewers", engine / MB, "≤", 1200, " MB", how),
    ]


async def _peak(server: Server, card: Card, seeds: Iterator[int], count: int) -> tuple[int, int]:
    wanted = {"model": card.name} | asked(card)
    viewers = [Viewer(server.port, wanted, seeds) for _ in range(count)]
    watching = asyncio.gather(*(viewer.watch() for viewer in viewers))
    web = engine = 0
    while not watching.done():
        web, engine = (max(pair) for pair in zip((web, engine), server.resident_bytes(), strict=True))
        await asyncio.sleep(EVERY_S)
    await watching
    return web, engine
