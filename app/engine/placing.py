"""One of several engines, as a web process sees it, and the choice between them for a new run. No torch."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import httpx2

from app.engine.admission import Asker
from app.engine.client import Asleep, EngineClient, Noun, path_of
from app.errors import NotFound

SLOW = 0.1
"""An engine with less of the best rate, as one that has lost its GPU, gets runs only where no other can."""

ANSWER_OF_EACH_S = 1.0
"""One of several is waited for so long: less than a probe of readiness allows all of them."""

SILENT_S = 5.0
"""An engine that let a request wait in vain is passed over for so long, where another one is there."""


@dataclass(frozen=True)
class Place:
    """What an engine says of a run that it may get.

    Attributes:
        is_known: whether it has that run, under way or done.
        rows: what all runs that somebody watches there take of a round of calls.
        max_rows: how many a call of the run's model may have; None where the engine cannot run it.
        rate: how many it makes of them in a second.
        late_s: for how many seconds its device has not answered, once that is longer than usual.
    """

    is_known: bool
    rows: int
    max_rows: int | None
    rate: float = 0.0
    late_s: float = 0.0

    @property
    def is_able(self) -> bool:
        """Say whether the engine can run the model."""
        return self.max_rows is not None


class OneOfSeveral(EngineClient):
    """One of the engines.

    Args:
        url: where it listens.
        token: its secret.
    """

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, answer_s=ANSWER_OF_EACH_S)
        self._silent_until = 0.0

    @property
    def is_silent(self) -> bool:
        """Say whether it has lately let a request wait in vain."""
        return time.monotonic() < self._silent_until

    def holds(self, run_id: str) -> bool:
        """Say whether this process has a run of it that did not fail."""
        return run_id in self._relays and not self._relays[run_id].has_failed

    def has_sure(self, run_id: str) -> bool:
        """Say whether that run is done or watched here; one that is neither may be gone from the engine."""
        relay = self._relays.get(run_id)
        is_read = relay is not None and (bool(relay.viewers) or relay.log.ending is not None)
        return is_read and self.holds(run_id)

    def held(self, run_id: str) -> bool:
        """Say whether this process has, or had, a run of it."""
        return run_id in self._relays

    def drop(self, run_id: str) -> None:
        """Let go of a run that another engine has now, unless somebody watches it here."""
        if run_id in self._relays and not self._relays[run_id].viewers:
            del self._relays[run_id]

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

    async def _ask(self, method: str, path: str, **details: Any) -> dict[str, Any]:
        try:
            return await super()._ask(method, path, **details)
        except Asleep as error:
            # One that refuses the connection says so at once, and what computes something may take long.
            if isinstance(error.__cause__, httpx2.TimeoutException) and "timeout" not in details:
                self._silent_until = time.monotonic() + SILENT_S
            raise

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
    able = {client: place for client, place in places.items() if place.is_able} or places
    able = without_late(able)
    best = max(place.rate for place in able.values())
    able = {client: place for client, place in able.items() if place.rate >= SLOW * best}
    home = next(iter(able))
    if able[home].rows + rows <= (able[home].max_rows or 0):
        return home
    return min(able, key=lambda client: able[client].rows)


def others(places: dict[OneOfSeveral, Place], refusing: OneOfSeveral) -> list[OneOfSeveral]:
    """Return the engines that may get a run that one has refused: those that are as able."""
    return [
        client
        for client, place in places.items()
        if client is not refusing and place.is_able >= places[refusing].is_able
    ]


def without_late(places: dict[OneOfSeveral, Place]) -> dict[OneOfSeveral, Place]:
    """Leave out the engines whose device is late, unless every one is."""
    return {client: place for client, place in places.items() if not place.late_s} or places
