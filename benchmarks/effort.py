"""How much is measured: repeats of every comparison, the length of each, and single events looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Args:
        repeats: how often each side of a comparison is measured, in turns.
        seconds: how long each time.
        events: how many single events a percentile is taken of.
        starts: how often the whole server is started.
    """

    repeats: int
    seconds: float
    events: int
    starts: int


FULL = Effort(repeats=5, seconds=6.0, events=60, starts=5)
QUICK = Effort(repeats=1, seconds=1.5, events=5, starts=1)
