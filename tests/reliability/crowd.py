"""Learners with cookies of their own, and what they have of a run."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

from benchmarks.connection import Connection
from benchmarks.viewers import Refused, Viewer, Watched

SEEDS = itertools.count(1)
"""No two runs share one: the second would come out of the cache."""

LONG: Mapping[str, Any] = {"model": "tiny", "steps": 1000, "count": 3}
"""As much as one run may be: some seconds of an engine that has nothing else to do."""

WIDE: Mapping[str, Any] = {"model": "tiny", "steps": 200, "count": 16}
"""As much, in few and large frames, as a real network makes them."""

SHORT: Mapping[str, Any] = {"model": "tiny", "steps": 50}


AT_ONCE = 10
RETRY_S = 2.0


class PatientViewer(Viewer):
    """Asks again for a run that was refused, as a page does, and counts how often that was."""

    refused = 0

    async def _watch_one(
        self, connection: Connection, wanted: Mapping[str, Any], most: int | None = None
    ) -> Watched:
        while True:
            try:
                return await super()._watch_one(connection, wanted, most)
            except Refused:
                self.refused += 1
                await asyncio.sleep(RETRY_S)


async def crowd(port: int, count: int, wanted: Mapping[str, Any]) -> list[PatientViewer]:
    """Enrol learners, each with a ticket, a few at a time."""
    viewers = [PatientViewer(port, wanted, SEEDS) for _ in range(count)]
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(viewer.enrol() for viewer in viewers[first : first + AT_ONCE]))
    return viewers
