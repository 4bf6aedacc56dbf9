"""S1 and S6: what viewers get through HTTP, against the plain sampling loop on the same runtime."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from app.cards import Card
from benchmarks.conditions import asked
from benchmarks.connection import run
from benchmarks.effort import Effort
from benchmarks.percentiles import percentile
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.viewers import Viewer, watching

VIEWERS = 16
WARM_UP_S = 2.0

ADDRESS_VIEWERS = 64
"""More viewers come from several addresses of this machine: none may have all runs of an engine."""

RawRate = Callable[[int, float, float], float]
"""Image-steps a second of the plain loop, of so many pictures, with such guidance, measured for so long."""


@dataclass(frozen=True)
class Wanted:
    """What viewers should get.

    Args:
        viewers: how many there are.
        share: of the plain loop's rate, at least.
        late: the 99th percentile of the gap between frames over the median, at most.
    """

    viewers: int
    share: float
    late: float


ON_CPU = Wanted(VIEWERS, share=0.85, late=2.0)


@dataclass
class Delivered:
    """What viewers got within a window.

    Args:
        rates: image-steps a second, over all viewers, one for each window.
        gaps: seconds between frames.
        frames: how many each viewer got, over all windows.
    """

    rates: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    frames: list[int] = field(default_factory=lambda: [0] * VIEWERS)

    @classmethod
    def to(cls, viewers: int) -> Delivered:
        """Begin with nothing, for so many viewers."""
        return cls(frames=[0] * viewers)


def measure_delivery(
    server: Server,
    card: Card,
    raw_rate: RawRate,
    seeds: Iterator[int],
    effort: Effort,
    wanted: Wanted = ON_CPU,
) -> list[Result]:
    """Measure S1 and S6 at the model's own settings, and S1 without guidance too."""
    results = []
    for words, guidance in (("default settings", card.defaults.guidance), ("unguided", 1.0)):
        delivered, raw = Delivered.to(wanted.viewers), []
        for _ in range(effort.repeats):
            deliver(server, card, guidance, seeds, effort.seconds, delivered)
            server.wait_until_idle()
            raw.append(raw_rate(wanted.viewers, guidance, effort.seconds))
        results.append(_share(card.name, words, guidance, delivered, raw, wanted))
        if words == "default settings":
            results += _steadiness(card.name, delivered, wanted)
    return results


def deliver(
    server: Server, card: Card, guidance: float, seeds: Iterator[int], seconds: float, delivered: Delivered
) -> None:
    """Have viewers watch runs of their own for a while, and add what they got."""
    viewers = [
        Viewer(
            server.port,
            {"model": card.name, "guidance": guidance} | asked(card, viewer),
            seeds,
            f"127.0.0.{1 + viewer // ADDRESS_VIEWERS}",
        )
        for viewer in range(len(delivered.frames))
    ]
    run(_watch(viewers, seconds, delivered))


async def _watch(viewers: list[Viewer], seconds: float, delivered: Delivered) -> None:
    async with watching(viewers):
        await asyncio.sleep(WARM_UP_S)
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        ended = time.perf_counter()
    total = 0
    for number, viewer in enumerate(viewers):
        for watched in viewer.watched:
            seen = watched.within(began, ended)
            delivered.gaps += seen.gaps
            delivered.frames[number] += len(seen.arrivals)
            total += len(seen.arrivals)
    delivered.rates.append(total / (ended - began))


def _share(
    name: str, words: str, guidance: float, delivered: Delivered, raw: list[float], wanted: Wanted
) -> Result:
    rows = "two network rows" if guidance not in (0.0, 1.0) else "one network row"
    return Result(
        code="S1",
        what=f"{name}: {wanted.viewers} viewers through HTTP against the raw loop, {words}",
        measured=median(delivered.rates) / median(raw),
        sense="≥",
        target=wanted.share,
        unit="",
        how=f"{wanted.viewers} viewers with seeds (and prompts) of their own watch one run after another "
        f"through the web process; frames that arrived in a window, against the plain sampling loop on a "
        f"batch of {wanted.viewers} with the same runtime, threads and settings (guidance {guidance:g}, "
        f"{rows} an image-step), the two in turns {len(raw)} times. Here {median(delivered.rates):.0f} "
        f"image-steps/s delivered, {median(raw):.0f} raw. The viewers' client shares the cores with the "
        "server.",
    )


def _steadiness(name: str, delivered: Delivered, wanted: Wanted) -> list[Result]:
    middle, late = median(delivered.gaps), percentile(delivered.gaps, 0.99)
    how = (
        f"The gaps between frames of each viewer in the windows of S1 (default settings): median "
        f"{1000 * middle:.0f} ms, 99th percentile {1000 * late:.0f} ms."
    )
    fewest, most = min(delivered.frames), max(delivered.frames)
    slowest = fewest / most
    words = (
        f"The viewer with the fewest frames over all windows ({fewest}) against the one with the most "
        f"({most}); the pauses between one run and the next count."
    )
    return [
        Result(
            "S6",
            f"{name}: 99th percentile of the gap between frames / median",
            late / middle,
            "≤",
            wanted.late,
            "",
            how,
        ),
        Result("S6", f"{name}: slowest viewer / fastest", slowest, "≥", 0.95, "", words),
    ]
