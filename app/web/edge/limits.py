"""How much one learner may ask for, so that nobody crowds the others out; counted in this process's memory.

Keyed by the learner, never by the address: a class shares one. Clients without a cookie share one generous
pool. A learner over a limit is refused with `TooMany`; a full pool or server with `TryLater`.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooMany, TryLater
from app.settings import Settings

MINUTE_S = 60
STREAM_RETRY_S = 5
CHANGES_PER_RUN = 5
"""A slider that is dragged asks for several runs a second; each replaces the one before."""


class Limits:
    """Every limit of one web process."""

    def __init__(self, runs: Rate, changes: Rate, answers: Rate, tickets: Rate, streams: StreamSlots) -> None:
        self._runs = runs
        self._tickets = tickets
        self._changes = changes
        self._answers = answers
        self._streams = streams

    def run(self, learner_key: str | None) -> None:
        """Count a run that is asked for.

        Raises:
            TooMany, TryLater: there were too many within the minute.
        """
        self._runs.check(learner_key)
        self._runs.count(learner_key)

    def change(self, learner_key: str | None) -> None:
        """Count a run that is said to replace another one after a change of its settings.

        Raises:
            TooMany, TryLater: there were too many within the minute.
        """
        self._changes.check(learner_key)
        self._changes.count(learner_key)

    def ticket(self, address: str) -> bool:
        """Count a ticket that is asked for from an address; False where there were too many in the minute."""
        try:
            self._tickets.check(address)
        except TryLater:
            return False
        self._tickets.count(address)
        return True

    def check_answer(self, learner_key: str | None) -> None:
        """Refuse an answer when too many were recorded within the minute.

        Raises:
            TooMany, TryLater: there were.
        """
        self._answers.check(learner_key)

    def count_answer(self, learner_key: str | None) -> None:
        """Count an answer that was recorded; a repeated submission records nothing and costs nothing."""
        self._answers.count(learner_key)

    def stream(self, learner_key: str | None) -> Slot:
        """Take a place among the open event streams; whoever takes it releases it.

        Raises:
            TooMany, TryLater: none is free.
        """
        return self._streams.take(learner_key)


def make_limits(settings: Settings) -> Limits:
    """Make the limits that the settings state."""
    limiter = FixedWindowRateLimiter(MemoryStorage())
    return Limits(
        Rate(limiter, "runs", settings.runs_per_minute, settings.anonymous_runs_per_minute),
        Rate(
            limiter,
            "changes",
            CHANGES_PER_RUN * settings.runs_per_minute,
            CHANGES_PER_RUN * settings.anonymous_runs_per_minute,
        ),
        Rate(limiter, "answers", settings.answers_per_minute, settings.anonymous_answers_per_minute),
        Rate(limiter, "tickets", settings.tickets_per_minute, settings.tickets_per_minute),
        StreamSlots(settings.streams_per_learner, settings.anonymous_streams),
    )


class Rate:
    """So many a minute for each learner, and for all clients without a cookie together.

    Args:
        limiter: where the counts are kept; several rates may share it.
        what: the plural of what is counted, for the refusal and to tell the counts apart.
        per_learner: how many a minute one learner may have.
        anonymous: how many a minute all clients without a cookie may have.
    """

    def __init__(self, limiter: FixedWindowRateLimiter, what: str, per_learner: int, anonymous: int) -> None:
        self._limiter = limiter
        self._what = what
        self._per_learner = RateLimitItemPerMinute(per_learner)
        self._anonymous = RateLimitItemPerMinute(anonymous)

    def check(self, learner_key: str | None) -> None:
        """Raise `TooMany` (a learner) or `TryLater` (the pool) when no more may be had for now."""
        limit, key = self._of(learner_key)
        if self._limiter.test(limit, self._what, key):
            return
        wait_s = math.ceil(self._limiter.get_window_stats(limit, self._what, key).reset_time - time.time())
        if wait_s > MINUTE_S:  # the clock was set back: the window would last until it has caught up
            self._limiter.clear(limit, self._what, key)
            return
        raise _refusal(f"There are at most {limit.amount} {self._what} a minute", learner_key, max(1, wait_s))

    def count(self, learner_key: str | None) -> None:
        """Count one."""
        limit, key = self._of(learner_key)
        self._limiter.hit(limit, self._what, key)

    def _of(self, learner_key: str | None) -> tuple[RateLimitItemPerMinute, str]:
        return (self._anonymous, "") if learner_key is None else (self._per_learner, learner_key)


class Slot:
    """A place taken among the open streams."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back

    def release(self) -> None:
        """Give the place back; doing it again changes nothing."""
        if self._give_back is not None:
            give_back, self._give_back = self._give_back, None
            give_back()


class StreamSlots:
    """So many streams open at once for each learner, and for all clients without a cookie together."""

    def __init__(self, per_learner: int, anonymous: int) -> None:
        self._per_learner = per_learner
        self._anonymous = anonymous
        self._open: Counter[str | None] = Counter()

    @property
    def open(self) -> int:
        """How many streams are open."""
        return self._open.total()

    def take(self, learner_key: str | None) -> Slot:
        """Take a place, or raise `TooMany` (a learner) or `TryLater` (the pool)."""
        most = self._anonymous if learner_key is None else self._per_learner
        if self._open[learner_key] >= most:
            raise _refusal(f"There are at most {most} open streams", learner_key, STREAM_RETRY_S)
        self._open[learner_key] += 1
        return Slot(lambda: self._give_back(learner_key))

    def _give_back(self, learner_key: str | None) -> None:
        self._open[learner_key] -= 1
        if not self._open[learner_key]:
            del self._open[learner_key]


def _refusal(rule: str, learner_key: str | None, wait_s: int) -> TryLater:
    if learner_key is None:
        return TryLater(
            f"{rule} for all who have no cookie together. Please try again in {wait_s} s.", wait_s
        )
    return TooMany(f"{rule} for one learner. Please try again in {wait_s} s.", wait_s)
