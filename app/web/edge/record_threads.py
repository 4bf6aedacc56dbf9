"""Threads for the database alone, so that a slow or locked one holds nothing else of the web process up."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from app.errors import TryLater

RETRY_AFTER_S = 5

P = ParamSpec("P")
T = TypeVar("T")


class RecordThreads:
    """Runs what blocks on the database, a few at a time.

    Args:
        threads: how many at once.
        patience_s: how long a request waits for a free one.
    """

    def __init__(self, threads: int = 16, patience_s: float = 5.0) -> None:
        self._free = anyio.Semaphore(threads)
        self._limiter = anyio.CapacityLimiter(threads)
        self._patience_s = patience_s

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work in a thread; once begun it is finished, even when the client has gone.

        Raises:
            TryLater: no thread became free in time; nothing was begun.
        """
        try:
            with anyio.fail_after(self._patience_s):
                await self._free.acquire()
        except TimeoutError as error:
            raise TryLater(
                "The records are busy. Nothing was changed; please try again.", RETRY_AFTER_S
            ) from error
        try:
            return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs), limiter=self._limiter)
        finally:
            self._free.release()
