"""One of several engines, as a web process sees it, and the choice between them for a new run. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.admission import Asker
from app.engine.client import EngineClient, Noun, path_of
from app.errors import NotFound

SLOW = 0.1
"""An engine with less of the best rate, as one that has lost its GPU, gets runs only where no other can."""


@dataclass(frozen=True)
class Place:
    """What an engine says of a run that it may get.

    Attributes:
        is_known: whether it has that run, under way or done.
        rows: what all runs that somebody watches there take of a round of calls.
        max_rows: how many a call of the run's model may have; None where the engine cannot run it.
        rate: how many it makes of them in a second.
    """

    is_known: bool
    rows: int
    max_rows: int | None
    rate: float = 0.0


class OneOfSeveral(EngineClient):
    """One of the engines."""

    def holds(self, run_id: str) -> bool:
        """Say whether this process has a run of it that did not fail."""
        return run_id in self._relays and not self._relays[run_id].has_failed

    def held(self, run_id: str) -> bool:
        """Say whether this process has, or had, a run of it."""
        return run_id in self._relays

    async def knows(self, run_id: str, noun: Noun) -> bool:
        """Ask whether the engine has a run."""
        try:
            await self._ask("GET", path_of(run_id, noun))
        except NotFound:
            return False
        return True

    async def place(self, run_id: str, model: str) -> Place:
        """Ask what decides whether it gets a run."""
        return Place(**await self._ask("GET", f"/places/{run_id}", params={"model": model}))

    async def count(self, asker: Asker, *, is_change: bool, is_known: bool) -> Asker:
        """Have it count a run, wherever that goes, and return for whom it is then asked."""
        marks = {"change": is_change, "known": is_known}
        params = {name: "1" for name, holds in marks.items() if holds}
        account = await self._ask_for(asker, "/counts", params=params)
        return Asker(account["learner"], account["address"], is_counted=True)


def chosen(places: dict[OneOfSeveral, Place], rows: int) -> OneOfSeveral:
    """Choose the engine for a new run of so many rows.

    Args:
        places: what the engines say that answer, its model's home first.
        rows: that it takes of a call.
    """
    able = {client: place for client, place in places.items() if place.max_rows is not None} or places
    best = max(place.rate for place in able.values())
    able = {client: place for client, place in able.items() if place.rate >= SLOW * best}
    home = next(iter(able))
    if able[home].rows + rows <= (able[home].max_rows or 0):
        return home
    return min(able, key=lambda client: able[client].rows)
