"""What the engine has refused until a moment that it named: said again until then without asking it."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from app.errors import PoolSpent, TooMany

MOST_KEPT = 10_000

Key = tuple[str, ...]


class Refusals(OrderedDict[Key, tuple[float, "PoolSpent | TooMany"]]):
    """Refusals by whom and what they are for.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock

    def keep(self, key: Key, error: PoolSpent | TooMany) -> None:
        """Keep a refusal for as long as it says."""
        self[key] = (self._clock() + error.retry_after_s, error)
        self.move_to_end(key)
        if len(self) > MOST_KEPT:
            self.popitem(last=False)

    def repeat(self, key: Key) -> None:
        """Raise the refusal that is kept under a key, with the time that is left; forget it after that.

        Raises:
            TooMany, PoolSpent: there is time left.
            KeyError: none is kept.
        """
        until, error = self[key]
        left_s = math.ceil(until - self._clock())
        if left_s <= 0:
            del self[key]
            return
        raise type(error)(str(error), left_s)
