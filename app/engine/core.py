"""The engine's heart: admits runs, lets viewers read them, and has the device thread step them.

Everything here belongs to the event loop and runs no tensor code. It shares the table of runs with
the device thread under one lock, which is never held during a network call.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from typing import Any

from app.engine.attention_maps import map_bytes
from app.engine.device_loop import DeviceLoop, ModelSource
from app.engine.frame_events import PANES, event
from app.engine.run import RunSpec, RunStatus, check_spec
from app.engine.run_table import LiveRun, RunTable

FACTS_BYTES = 700
"""About what a frame takes besides its pixels."""


class Core:
    """Runs, their viewers and the device thread.

    Args:
        models: what can be run.
        runs: the table of runs, with its bounds.
        give_up: called when the device seems lost.
    """

    def __init__(
        self,
        models: ModelSource,
        runs: RunTable | None = None,
        give_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.models = models
        self._runs = runs or RunTable()
        self._changed = threading.Condition()
        self._device = DeviceLoop(models, self._runs, self._changed, give_up)

    def start(self) -> None:
        """Start the device thread. Call it on the event loop that will read the frames."""
        self._device.start(asyncio.get_running_loop())

    def stop(self) -> None:
        """Let the device thread end after the current call."""
        self._device.stop()

    def submit(self, spec: RunSpec, learner: str) -> LiveRun:
        """Join the same run if there is one, or admit a new one.

        Raises:
            InvalidRequest: no request to this model makes such a specification.
            TryLater: the weights are missing, or the queue is full.
        """
        model = self.models.get(spec.model)
        check_spec(spec, model.card)
        run_id = spec.run_id(model.card.sha256)
        now = time.monotonic()
        with self._changed:
            run = self._runs.join(run_id, now) or self._runs.admit(
                run_id, spec, learner, _frames_bytes(spec, model.card.shape), now
            )
            self._changed.notify()
            return run

    def find(self, run_id: str) -> LiveRun:
        """Return a run that is live or cached.

        Raises:
            NotFound: it never was, or has gone.
        """
        with self._changed:
            return self._runs.find(run_id)

    def withdraw(self, run_id: str) -> None:
        """Give up the claim of whoever asked; with no viewer left the run pauses before its next step."""
        with self._changed:
            self._runs.find(run_id).claimed_until = 0.0

    def watch(self, run_id: str, after: int) -> AsyncGenerator[bytes, None]:
        """Return a run's events from the frame after `after` on; reading them counts as a viewer.

        Raises:
            NotFound: it never was, or has gone.
        """
        with self._changed:
            run = self._runs.find(run_id)
            # It must not go before the first event is read.
            self._runs.claim(run, time.monotonic())
        return self._read(run, after)

    async def _read(self, run: LiveRun, after: int) -> AsyncGenerator[bytes, None]:
        with self._changed:
            run.viewers += 1
            ahead = self._runs.ahead_of(run)
            self._changed.notify()
        try:
            if run.status is RunStatus.WAITING:
                yield event("waiting", {"ahead": ahead})
            async with contextlib.aclosing(run.log.read(after)) as events:
                async for content in events:
                    yield content
        finally:
            with self._changed:
                run.viewers -= 1
                if run.viewers == 0:
                    run.claimed_until = 0.0

    def call(self, job: Callable[[], Any]) -> Future[Any]:
        """Have the device thread run `job` between two ticks, outside the shared batch.

        Raises:
            TryLater: too many wait already.
        """
        return self._device.call(job)

    def report(self) -> dict[str, Any]:
        """Say how busy the engine is."""
        with self._changed:
            return {
                "runs": self._runs.counts(),
                "capacity": self._runs.max_live,
                "viewers": self._runs.viewers(),
                "network_calls": self._device.network_calls,
                "network_rows": self._device.network_rows,
            }


def _frames_bytes(spec: RunSpec, shape: tuple[int, int, int]) -> int:
    """Estimate what the frames of a run will take: every pane in base64, maps of attention, and the facts."""
    pane = spec.count * math.prod(shape) * 4 // 3
    maps = map_bytes(spec, shape) if spec.attention else 0
    return (spec.steps + 1) * (len(PANES) * pane + maps + FACTS_BYTES)
