"""Which runs step next: pure arithmetic, fair by address and learner. No torch, no clock, no threads.

Network rows are charged to the address of whoever asked, divided by the learners who run there (at most a
class of them), and to the learner. At each tick the address that was charged least goes first, in it the
learner that was, and of a learner the run that has waited longest. So learners get the same wherever they
are, and an address with more of them than a class gets no more than a class.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.engine.admission import Account

CLASS_SIZE = 40
"""An address counts for as many learners as run there, and at most for so many."""

Key = TypeVar("Key", bound=Hashable)
Waiting = dict[str, dict[Account, deque["Candidate"]]]


@dataclass(frozen=True)
class Candidate:
    """A run that could step: its id, whose it is, and how many network rows its next call takes."""

    run_id: str
    account: Account
    rows: int


class FairScheduler:
    """Chooses the runs of each tick and keeps the accounts.

    Args:
        shares_time: a call takes about as long as it has rows, as on a CPU. Then nobody gets more rows of a
            tick than somebody else could use, so that many runs of one learner do not slow another's one.
    """

    def __init__(self, *, shares_time: bool = False) -> None:
        self._shares_time = shares_time
        self._charged: dict[str, float] = {}
        self._spent: dict[Account, float] = {}
        self._stepped: dict[str, int] = {}
        self._held_up: Account | None = None
        self._tick = 0

    def choose(self, candidates: Sequence[Candidate], max_rows: int) -> list[str]:
        """Return the ids of the runs to step now.

        Args:
            candidates: all runs that could step.
            max_rows: network rows that a call may have; a run wider than that steps alone.
        """
        self._tick += 1
        waiting = self._waiting(candidates)
        shares = {address: min(len(learners), CLASS_SIZE) for address, learners in waiting.items()}
        allowed = self._allowed(waiting, max_rows)
        chosen: list[str] = []
        free = max_rows
        while waiting and (free > 0 or not chosen):
            account = (None if chosen else self._take_held_up(waiting)) or self._least_served(waiting)
            candidate = waiting[account.address][account][0]
            fits = candidate.rows <= free or not chosen
            if fits:
                waiting[account.address][account].popleft()
                chosen.append(candidate.run_id)
                free -= candidate.rows
                self._charged[account.address] += candidate.rows / shares[account.address]
                self._spent[account] += candidate.rows
                self._stepped[candidate.run_id] = self._tick
                allowed[account] -= candidate.rows
            elif self._held_up is None:
                self._held_up = account
            left = waiting[account.address][account]
            if not (fits and left and left[0].rows <= allowed[account]):
                # Of a learner whose run is too wide for what is left, narrower ones wait too.
                _remove(waiting, account)
        return chosen

    def _allowed(self, waiting: Waiting, max_rows: int) -> dict[Account, int]:
        """Return how many rows of this tick each account may have, beyond its first run, which always may."""
        wanted = {
            account: sum(candidate.rows for candidate in runs)
            for learners in waiting.values()
            for account, runs in learners.items()
        }
        if not self._shares_time or len(wanted) < 2:
            return dict.fromkeys(wanted, max_rows)
        second, first = sorted(wanted.values())[-2:]
        return {account: second if rows == first else first for account, rows in wanted.items()}

    def _take_held_up(self, waiting: Waiting) -> Account | None:
        """Return who had the turn in the tick before and did not fit into it."""
        held_up, self._held_up = self._held_up, None
        is_waiting = held_up is not None and held_up in waiting.get(held_up.address, ())
        return held_up if is_waiting else None

    def _least_served(self, waiting: Waiting) -> Account:
        address = min(waiting, key=self._charged.__getitem__)
        return min(waiting[address], key=self._spent.__getitem__)

    def _waiting(self, candidates: Sequence[Candidate]) -> Waiting:
        """Sort the candidates by address and learner, the one that has waited longest first, and settle."""
        waiting: Waiting = {}
        for candidate in sorted(candidates, key=lambda one: self._stepped.get(one.run_id, 0)):
            learners = waiting.setdefault(candidate.account.address, {})
            learners.setdefault(candidate.account, deque()).append(candidate)
        self._charged = _settled(self._charged, waiting)
        spent: dict[Account, float] = {}
        for learners in waiting.values():
            spent |= _settled(self._spent, learners)
        self._spent = spent
        runs = {candidate.run_id for candidate in candidates}
        self._stepped = {run: tick for run, tick in self._stepped.items() if run in runs}
        return waiting


def _settled(accounts: Mapping[Key, float], present: Iterable[Key]) -> dict[Key, float]:
    """Forget who has gone; who is new starts level with the least served."""
    keys = list(present)
    level = min((accounts[key] for key in keys if key in accounts), default=0.0)
    return {key: accounts.get(key, level) for key in keys}


def _remove(waiting: Waiting, account: Account) -> None:
    del waiting[account.address][account]
    if not waiting[account.address]:
        del waiting[account.address]
