"""Learners with cookies of their own, and what they have of a run."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

from benchmarks.viewers import Viewer

SEEDS = itertools.count(1)
"""No two runs share one: the second would come out of the cache."""

LONG: Mapping[str, Any] = {"model": "tiny", "steps": 1000, "count": 3}
"""As much as one run may be: some seconds of an engine that has nothing else to do."""

WIDE: Mapping[str, Any] = {"model": "tiny", "steps": 200, "count": 16}
"""As much, in few and large frames, as a real network makes them."""

SHORT: Mapping[str, Any] = {"model": "tiny", "steps": 50}


AT_ONCE = 10


async def crowd(port: int, count: int, wanted: Mapping[str, Any]) -> list[Viewer]:
    """Enrol learners, each with a ticket, a few at a time."""
    viewers = [Viewer(port, wanted, SEEDS) for _ in range(count)]
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(viewer.enrol() for viewer in viewers[first : first + AT_ONCE]))
    return viewers
