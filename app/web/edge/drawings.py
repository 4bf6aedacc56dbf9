"""Files that are drawn on request: each drawn once whoever asks, in its turn, and kept while there is room.

Drawing takes memory and a core for seconds, and anybody may ask for it. So a file is drawn by one task for
all who ask meanwhile, only a few are drawn at a time and only one of each run, and asking has a limit of its
own. How large a file may become is bounded in `app/pictures.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar
from weakref import WeakValueDictionary

import anyio
import anyio.to_thread

from app.errors import PoolSpent, TooMany
from app.rates import Rate

AT_ONCE = 2
"""Files that a process draws at the same time: an animation takes some 60 MB while it is made."""

KEPT_BYTES = 16 * 2**20

T = TypeVar("T")

Key = tuple[str, ...]
"""What a file is of, such as a run, and then which file of it."""


class Drawings:
    """The drawn files of one web process.

    Args:
        rate: how many may be asked for.
        at_once: how many are drawn at the same time.
        kept_bytes: what the files that are kept may take together.
    """

    def __init__(self, rate: Rate, at_once: int = AT_ONCE, kept_bytes: int = KEPT_BYTES) -> None:
        self._rate = rate
        self._turns = asyncio.Semaphore(at_once)
        self._threads = anyio.CapacityLimiter(at_once)
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._size = 0
        self._being_made: dict[Key, asyncio.Task[bytes]] = {}
        self._one_of: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def count(self, learner_key: str | None) -> None:
        """Count a file that somebody asks for.

        Raises:
            TooMany: there were too many within the minute, of this learner or of all without a cookie.
        """
        try:
            self._rate.take(learner_key)
        except PoolSpent as error:
            raise TooMany(str(error), error.retry_after_s) from error

    def kept(self, key: Key) -> bytes | None:
        """Return a file that is at hand."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    async def file(self, key: Key, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return a file, which is made first unless it is kept; whoever asks meanwhile waits for the same.

        Args:
            key: of the file.
            make: makes it; what is large in it is done within `turn`.
        """
        content = self.kept(key)
        if content is not None:
            return content
        making = self._being_made.get(key)
        if making is None:
            making = asyncio.create_task(self._make(key, make))
            making.add_done_callback(_seen)
            self._being_made[key] = making
        return await asyncio.shield(making)  # whoever leaves takes nothing from the others

    @contextlib.asynccontextmanager
    async def turn(self, key: Key) -> AsyncGenerator[None, None]:
        """Wait until no other file of the same run is drawn, and only a few of others."""
        lock = self._one_of.setdefault(key[0], asyncio.Lock())
        async with lock, self._turns:
            yield

    async def draw(self, work: Callable[[], T]) -> T:
        """Do the work in a thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    async def _make(self, key: Key, make: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            content = await make()
        finally:
            del self._being_made[key]
        self._keep(key, content)
        return content

    def _keep(self, key: Key, content: bytes) -> None:
        """Keep a file; those that nobody has asked for the longest make room."""
        self._size += len(content) - len(self._kept.pop(key, b""))
        self._kept[key] = content
        while self._size > self._kept_bytes:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)


def _seen(making: asyncio.Task[bytes]) -> None:
    """Take note of a failure, of which all who waited have been told, or have left."""
    if not making.cancelled():
        making.exception()
