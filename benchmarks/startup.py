"""S11: how long after starting the server somebody sees a page, and the first frame of a run."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from app.cards import Card
from benchmarks.conditions import asked
from benchmarks.connection import Connection, run
from benchmarks.effort import Effort
from benchmarks.result import Result
from benchmarks.server import PATIENCE_S, Server
from benchmarks.viewers import Viewer

EVERY_S = 0.02


def measure_start(card: Card, effort: Effort) -> list[Result]:
    """Measure S11 with processes that start cold, on files that the system has read before."""
    pages, frames = [], []
    for _ in range(effort.starts):
        began = time.perf_counter()
        with Server.started() as server:
            page_s, frame_s = run(_wait(server, card))
        pages.append(page_s - began)
        frames.append(frame_s - began)
    how = (
        f"`fromnoise serve` with new records, asked every {1000 * EVERY_S:.0f} ms until it answers; the "
        f"median of {effort.starts} starts, the longest "
    )
    return [
        Result("S11", "start to first page", median(pages), "≤", 2, " s", f"{how}{max(pages):.2f} s."),
        Result("S11", "start to first frame", median(frames), "≤", 8, " s", f"{how}{max(frames):.2f} s."),
    ]


async def _wait(server: Server, card: Card) -> tuple[float, float]:
    """Return the moments of the first page and of the first frame."""
    await _page(server)
    page_at = time.perf_counter()
    while True:
        try:
            viewer = Viewer(server.port, {"model": card.name} | asked(card), iter((1,)))
            return page_at, (await viewer.watch(frames=1)).arrivals[0]
        except ConnectionError:
            _check(server, page_at)
            await asyncio.sleep(EVERY_S)


async def _page(server: Server) -> None:
    began = time.perf_counter()
    while True:
        try:
            if (await Connection.ask(server.port, "/")).status == 200:
                return
        except OSError:
            await asyncio.sleep(EVERY_S)
        _check(server, began)


def _check(server: Server, since: float) -> None:
    if server.process.poll() is not None or time.perf_counter() - since > PATIENCE_S:
        raise TimeoutError("the server does not start; see its output above")
