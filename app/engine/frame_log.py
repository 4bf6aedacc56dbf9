"""The frames of a run, append-only, and the viewers that read them; and the numbers behind. No torch.

A viewer is a cursor: late arrival, reconnection and slow reading need nothing else. Appending may
happen in any thread; reading and waking belong to the event loop.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.diffusion.plan import Plan
from app.engine.frame_events import event, is_frame, is_last, is_note

KEEP_ALIVE_S = 15.0
PIECE_BYTES = 2**16
KEEP_ALIVE = b": keep-alive\n\n"
WITHDRAWN = event("failed", {"reason": "This run was cancelled."})
ANSWERS = event("engine", {"answers": True})
SILENT = event("engine", {"answers": False})
"""The engine sends nothing, not even a sign of life; the run may still go on."""


@dataclass(eq=False)
class Viewer:
    """Somebody who reads a log.

    Args:
        key: who it is and which of their viewings, so that only that one can be withdrawn.
        parting: an event that ends their reading before the run does.
    """

    key: str
    parting: bytes | None = None


class FrameLog:
    """Encoded events of one run: the frames in order, then the one that ends it.

    `notice` is the newest event that is neither, such as the place in the queue; unless it is a note, it only
    interests viewers who have no frame yet. While `is_silent`, whoever reads is told that the engine does not
    answer.

    Args:
        keep_alive_s: after how long without an event a comment is sent.
    """

    def __init__(self, keep_alive_s: float = KEEP_ALIVE_S) -> None:
        self.frames: list[bytes] = []
        self.ending: bytes | None = None
        self.notice: bytes | None = None
        self.is_silent = False
        self.size = 0
        self._keep_alive_s = keep_alive_s
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def has_failed(self) -> bool:
        """The run ended without a picture."""
        return self.ending is not None and self.ending.startswith(b"event: failed")

    def append(self, content: bytes) -> None:
        """Add a frame, or the event that ends the run; after that nothing is taken."""
        if self.ending is not None:
            return
        self.size += len(content)
        if is_last(content):
            self.ending = content
        elif is_frame(content):
            self.frames.append(content)
        else:
            self.notice = content

    def wake(self) -> None:
        """Let every waiting reader look again. Call it on the event loop after appending."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def read(self, after: int = -1, viewer: Viewer | None = None) -> AsyncGenerator[bytes, None]:
        """Yield events from the frame after `after` on, as they come, until the run ends or they part.

        Frames that are already there are joined into pieces of about `PIECE_BYTES`, so that little waits for
        a slow viewer. After `keep_alive_s` without an event a comment is yielded, so that a dead connection
        is noticed.
        """
        cursor = after + 1
        told: bytes | None = None
        knows_silence = False
        while True:
            if viewer is not None and viewer.parting is not None:
                yield viewer.parting
                return
            # Looked at before the frames: should the run end in between, none of them is missed.
            ending = self.ending
            if cursor < len(self.frames):
                ready = self._piece(cursor)
                cursor += len(ready)
                yield b"".join(ready)
            elif ending is not None:
                yield ending
                return
            elif self.is_silent is not knows_silence:
                knows_silence = self.is_silent
                yield SILENT if knows_silence else ANSWERS
            elif self.notice is not told and (not self.frames or is_note(self.notice)):
                told = self.notice
                yield told or KEEP_ALIVE
            elif not await self._more():
                yield KEEP_ALIVE

    def _piece(self, cursor: int) -> list[bytes]:
        """Return the frames that come next: one, and as many more as make a piece."""
        size, end = 0, cursor
        while end < len(self.frames) and size < PIECE_BYTES:
            size += len(self.frames[end])
            end += 1
        return self.frames[cursor:end]

    async def _more(self) -> bool:
        """Wait for the next wake-up; False when none came for a while."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(self._keep_alive_s):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True


Half = NDArray[np.float16]
"""Pictures of a run: (count, channels, height, width)."""

HALF_BYTES = 2


class StepLog:
    """The pictures of every call of one run: what the network saw, and its estimate as it was used.

    The device thread appends; whoever reads may do so meanwhile. `size` is the bytes taken.
    """

    def __init__(self) -> None:
        self.size = 0
        self._x_t: list[Half] = []
        self._x0_hat: list[Half] = []

    def __len__(self) -> int:
        """Count the calls."""
        return len(self._x0_hat)

    def append(self, x_t: Half, x0_hat: Half) -> None:
        """Add a call: the picture on the run's own path that it started from, and the estimate."""
        self.size += x_t.nbytes + x0_hat.nbytes
        self._x_t.append(x_t)
        self._x0_hat.append(x0_hat)

    def end(self, x_t: Half) -> None:
        """Add the finished picture."""
        self.size += x_t.nbytes
        self._x_t.append(x_t)

    def x_t(self, position: int) -> Half | None:
        """Return what call `position` started from, if known; after the last call, the finished picture."""
        return self._x_t[position] if position < len(self._x_t) else None

    def x0_hat(self, position: int) -> Half:
        """Return the estimate of a call, after guidance and clipping."""
        return self._x0_hat[position]


def log_bytes(plan: Plan, count: int, shape: tuple[int, int, int]) -> int:
    """Say what the log of a finished run takes.

    Args:
        plan: its calls.
        count: its pictures.
        shape: channels, height, width of a picture.
    """
    return (2 * len(plan.calls) + 1) * count * math.prod(shape) * HALF_BYTES
