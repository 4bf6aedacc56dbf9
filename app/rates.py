"""So many a minute, and so many at once: for each learner, and for all clients without a cookie together.

Keyed by the learner, never by the address: a class shares one. Counted in the memory of a process: runs in
the engine's (`app/engine/admission.py`), answers and open streams in each web process.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import PoolSpent, TooMany, TryLater

MINUTE_S = 60
STREAM_RETRY_S = 5


class Rate:
    """How many a minute one learner may have, and all clients without a cookie together.

    Args:
        what: the plural of what is counted, for the refusal.
        per_learner: how many a minute one learner may have.
        anonymous: how many a minute all clients without a cookie may have.
    """

    def __init__(self, what: str, per_learner: int, anonymous: int) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._what = what
        self._per_learner = RateLimitItemPerMinute(per_learner)
        self._anonymous = RateLimitItemPerMinute(anonymous)

    def check(self, learner_key: str | None) -> None:
        """Raise `TooMany` (a learner) or `PoolSpent` (the pool) when no more may be had for now."""
        limit, key = self._of(learner_key)
        if self._limiter.test(limit, key):
            return
        wait_s = math.ceil(self._limiter.get_window_stats(limit, key).reset_time - time.time())
        if wait_s > MINUTE_S:  # the clock was set back: the window would last until it has caught up
            self._limiter.clear(limit, key)
            return
        raise _refusal(f"There are at most {limit.amount} {self._what} a minute", learner_key, max(1, wait_s))

    def count(self, learner_key: str | None) -> None:
        """Count one."""
        limit, key = self._of(learner_key)
        self._limiter.hit(limit, key)

    def take(self, learner_key: str | None) -> None:
        """Count one, or raise as `check` does."""
        self.check(learner_key)
        self.count(learner_key)

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
        """Take a place, or raise `TooMany` (a learner) or `PoolSpent` (the pool)."""
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
    """Make the error for a rule that a learner, or the pool of clients without a cookie, has reached."""
    if learner_key is None:
        return PoolSpent(
            f"{rule} for all who have no cookie together. Please try again in {wait_s} s.", wait_s
        )
    return TooMany(f"{rule} for one learner. Please try again in {wait_s} s.", wait_s)
