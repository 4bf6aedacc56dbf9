"""What the engine has refused: the error that it was there, said again until a moment that it named."""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable

import httpx2

from app.errors import Conflict, FromNoiseError, InvalidRequest, NotFound, PoolSpent, TooMany, TryLater

MOST_KEPT = 10_000

WAITS = {"TooMany": TooMany, "PoolSpent": PoolSpent}

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


def as_raised(response: httpx2.Response) -> FromNoiseError:
    """Make the error that the engine sent over the wire."""
    try:
        content = dict(json.loads(response.content))
    except ValueError:  # not what our engine sends: it broke, or something else listens there
        return FromNoiseError(f"the engine answered {response.status_code}")
    message = content.get("message", "the engine refused")
    if response.status_code == 422:
        return InvalidRequest(message, content.get("field"))
    if response.status_code in (429, 503):
        kind = WAITS.get(str(content.get("kind")), TryLater)
        return kind(message, content.get("retry_after_s", 2))
    if response.status_code == 404:
        return NotFound(message)
    if response.status_code == 409:
        return Conflict(message)
    return FromNoiseError(message)
