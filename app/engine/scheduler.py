"""Which runs step next: pure arithmetic, fair by learner. No torch, no clock, no threads.

Every learner has an account of the network rows spent on their runs. At each tick the learners with
the smallest accounts go first, and within a learner the run that has waited longest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A run that could step: its id, whose it is, and how many network rows its next call takes."""

    run_id: str
    learner: str
    rows: int


class FairScheduler:
    """Chooses the runs of each tick and keeps the accounts."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}
        self._stepped: dict[str, int] = {}
        self._tick = 0

    def choose(self, candidates: Sequence[Candidate], max_rows: int) -> list[str]:
        """Return the ids of the runs to step now.

        Args:
            candidates: all runs that could step.
            max_rows: network rows that a call may have; a run wider than that steps alone.
        """
        self._tick += 1
        self._settle(candidates)
        waiting: dict[str, deque[Candidate]] = {}
        for candidate in sorted(candidates, key=lambda c: self._stepped.get(c.run_id, 0)):
            waiting.setdefault(candidate.learner, deque()).append(candidate)
        chosen: list[str] = []
        free = max_rows
        while waiting and (free > 0 or not chosen):
            learner = min(waiting, key=lambda name: self._spent[name])
            candidate = waiting[learner].popleft()
            if candidate.rows > free and chosen:
                # Their narrower runs wait too: the account stays small, so that this one goes first soon.
                del waiting[learner]
                continue
            if not waiting[learner]:
                del waiting[learner]
            chosen.append(candidate.run_id)
            free -= candidate.rows
            self._spent[learner] += candidate.rows
            self._stepped[candidate.run_id] = self._tick
        return chosen

    def _settle(self, candidates: Sequence[Candidate]) -> None:
        """Forget who has gone; who is new starts level with the least served."""
        learners = {candidate.learner for candidate in candidates}
        runs = {candidate.run_id for candidate in candidates}
        known = [spent for name, spent in self._spent.items() if name in learners]
        level = min(known, default=0.0)
        self._spent = {name: self._spent.get(name, level) for name in learners}
        self._stepped = {run: tick for run, tick in self._stepped.items() if run in runs}
