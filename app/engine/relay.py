"""One run's frames in a web process: read from the engine once, handed to every viewer. No torch."""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from collections.abc import AsyncGenerator, Callable
from collections.abc import Set as AbstractSet
from typing import Generic, Protocol, Self, TypeVar

import httpx2
import structlog

from app.engine.frame_events import event, is_frame, is_last, leaving, step_of
from app.engine.frame_log import WITHDRAWN, FrameLog, Viewer
from app.engine.proof import NotTheEngine
from app.errors import NotFound, TryLater

log = structlog.get_logger()

LOST = "The engine stopped in the middle of this {}. Start it again; it begins anew."
GONE = "The engine no longer has this {}. Start it again."
LEAVING = "This server is stopping; ask again in a moment."
RETRY_MS, SPREAD_MS, SPREAD_STEP_MS = 2000, 1000, 37
"""Viewers of a server that stops are sent away so long, and spread over so much more."""

NO_FRAMES = 10**8
"""The step of a frame that no run has: whoever asks for those from there on gets its end alone."""

SILENT_S = 1.0
"""More than twice as long as the engine takes between two signs of life."""

TARDY_S, GRACE_S = 0.05, 0.25
"""So late a timer says that this process stood still itself: what has come meanwhile is read first."""


Spec = TypeVar("Spec")


class Relay(Generic[Spec]):
    """Frames of a run, or reports of a training; its viewers, and the task that reads them from the engine.

    Args:
        http: a client bound to the engine.
        run_id: the run.
        spec: what the run is of.
        silent_s: after how long without a sign of life from the engine viewers are told.
        noun: what it is called where viewers are told of its end.
        only: the steps whose frames are kept; all of them unless given.
        on_unwatched: called when the last viewer has gone.
    """

    def __init__(
        self,
        http: httpx2.AsyncClient,
        run_id: str,
        spec: Spec,
        silent_s: float = SILENT_S,
        noun: str = "run",
        *,
        only: AbstractSet[int] | None = None,
        on_unwatched: Callable[[], None] = lambda: None,
    ) -> None:
        self._http = http
        self._lost, self._gone = LOST.format(noun), GONE.format(noun)
        self._only = only
        self._on_unwatched = on_unwatched
        self._silent_s = silent_s
        self._is_leaving = False
        self._task: asyncio.Task[None] | None = None
        self.run_id = run_id
        self.spec = spec
        self.log = FrameLog()
        self.viewers: list[Viewer] = []
        self.used_at = time.monotonic()

    @property
    def has_failed(self) -> bool:
        """The run ended without a picture."""
        return self.log.has_failed

    async def watch(self, after: int = -1, key: str = "") -> AsyncGenerator[bytes, None]:
        """Yield events from the frame after `after` on, counting as a viewer meanwhile."""
        viewer = Viewer(key)
        self.viewers.append(viewer)
        if self._is_leaving and self.log.ending is None:
            viewer.parting = leaving(RETRY_MS)
        try:
            self._ensure_reading()
            async with contextlib.aclosing(self.log.read(after, viewer)) as events:
                async for content in events:
                    yield content
        finally:
            self.viewers.remove(viewer)
            self.used_at = time.monotonic()
            # At the end of a run the engine closes the stream itself. Cancelling just then would interrupt
            # httpcore while it hands the connection back, and it would never be closed or used again.
            if not self.viewers and self._task is not None and self.log.ending is None:
                self._task.cancel()
            if not self.viewers:
                self._on_unwatched()

    def withdraw(self, key: str) -> None:
        """End the viewing that was begun with this key, wherever it is taken up again just now."""
        for viewer in self.viewers:
            if viewer.key == key:
                viewer.parting = WITHDRAWN
        self.log.wake()

    def leave(self) -> None:
        """End every viewing, now and from now on, with an event that says when to connect again.

        Those of a run that has ended get the rest of it.
        """
        self._is_leaving = True
        if self.log.ending is not None:
            return
        for place, viewer in enumerate(self.viewers):
            viewer.parting = viewer.parting or leaving(RETRY_MS + place * SPREAD_STEP_MS % SPREAD_MS)
        self.log.wake()

    async def finished(self) -> list[bytes]:
        """Wait for the end and return all frames.

        Raises:
            TryLater: the run failed, or this process stops.
        """
        log = self.log  # once nobody watches any more the relay may begin another
        async with contextlib.aclosing(self.watch(len(log.frames) - 1)) as events:
            async for _ in events:
                pass
        if log.has_failed:
            raise TryLater(self._lost, 2)
        if log.ending is None:
            raise TryLater(LEAVING, 2)
        return log.frames

    def forget_frames(self) -> None:
        """Let the frames go; whoever watches next has them read from the engine again."""
        assert not self.viewers
        if self._task is None or self._task.done():
            self.log = FrameLog()

    async def close(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _ensure_reading(self) -> None:
        if self.log.ending is None and (self._task is None or self._task.done() or self._task.cancelling()):
            self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Copy the engine's events into the log; a stream that just stops is a failure."""
        ending: str | None = self._lost
        try:
            with Silence(self._tell, self._silent_s) as silence:
                await self._copy(silence)
            ending = None if self.log.ending else self._lost
        except NotFound:
            ending = self._gone
        except (httpx2.TransportError, NotTheEngine) as error:
            log.warning("the engine's stream broke off", run=self.run_id, error=repr(error))
        except Exception:
            # Whatever it was, viewers must not be left waiting for frames that nobody reads.
            log.error("reading the engine's stream failed", run=self.run_id, trace=traceback.format_exc())
        if ending:
            self.log.append(event("failed", {"reason": ending}))
            self.log.wake()

    def _tell(self, *, is_silent: bool) -> None:
        self.log.is_silent = is_silent
        self.log.wake()

    async def _copy(self, silence: Silence) -> None:
        after = self._after()
        timeout = httpx2.Timeout(5.0, read=60.0)
        path = f"/runs/{self.run_id}/frames"
        async with self._http.stream("GET", path, params={"after": after}, timeout=timeout) as response:
            if response.status_code == 404:
                raise NotFound(self._gone)
            response.raise_for_status()
            rest = b""
            async for chunk in response.aiter_raw():
                silence.heard()
                *whole, rest = (rest + chunk).split(b"\n\n")
                for content in whole:
                    self._take(content + b"\n\n")
                if whole:
                    self.log.wake()

    def _after(self) -> int:
        """Say after which frame the engine is asked to go on."""
        if self._only is None:
            return len(self.log.frames) - 1
        return min(self._only, default=NO_FRAMES) - 1

    def _take(self, content: bytes) -> None:
        """Keep what came, but for comments and frames that nobody asked for; the ending counts as use."""
        if content.startswith(b":"):
            return
        if self._only is not None and is_frame(content) and step_of(content) not in self._only:
            return
        self.log.append(content)
        if is_last(content):
            self.used_at = time.monotonic()


class Told(Protocol):
    """Called when silence begins, and when it ends."""

    def __call__(self, *, is_silent: bool) -> None:
        """Take notice."""


class Silence:
    """Notices that the engine sends nothing, while it is entered, on the running event loop.

    Args:
        told: called at each change.
        silent_s: how long nothing may be heard.
    """

    def __init__(self, told: Told, silent_s: float = SILENT_S) -> None:
        self._told = told
        self._silent_s = silent_s
        self._is_silent = False
        self._heard_at = 0.0
        self._has_waited = False
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._heard_at = asyncio.get_running_loop().time()
        self._look_at(self._heard_at + self._silent_s)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.heard()

    def heard(self) -> None:
        """Take note of a sign of life."""
        self._heard_at = asyncio.get_running_loop().time()
        self._has_waited = False
        if self._is_silent:
            self._is_silent = False
            self._told(is_silent=False)

    def _look_at(self, moment: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(moment, self._look, moment)

    def _look(self, moment: float) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._heard_at + self._silent_s:
            self._look_at(self._heard_at + self._silent_s)
            return
        if now - moment > TARDY_S and not self._has_waited:
            self._has_waited = True
            self._look_at(now + GRACE_S)
            return
        if not self._is_silent:
            self._is_silent = True
            self._told(is_silent=True)
        self._look_at(now + self._silent_s)
