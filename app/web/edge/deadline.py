"""The time that what is awaited has, from the moment that it is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable


class Deadline:
    """One deadline at a time.

    Args:
        loop: that it is kept by.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._what: Hashable = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, what: Hashable, seconds: float | None, then: Callable[[], None]) -> None:
        """Give something its time; the same again goes on with the time that it has.

        Args:
            what: is awaited.
            seconds: for it; None for any time.
            then: is called once they are over.
        """
        if what == self._what:
            return
        self.cancel()
        self._what = what
        if seconds is not None:
            self._timer = self._loop.call_later(seconds, then)

    def cancel(self) -> None:
        """Wait for nothing."""
        self._what = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
