"""What is done about a call that failed: its runs fail, or make it again in smaller ones, or all is given up.

It belongs to the device thread; see `device_loop.py`.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from app.engine.faults import DEVICE_FAILED, FAILED, SHORT_OF_MEMORY, TOO_WIDE, Fault, kind_of
from app.engine.frame_events import event, note
from app.engine.models import LoadedModel, ModelSource
from app.engine.run import RunStatus
from app.engine.run_table import LiveRun, LiveWork, RunTable
from app.errors import FromNoiseError

STRIKES = 3
"""After so many failed steps in a row the plain network is called once, to tell the device from the runs."""

PARTING_S = 0.3
"""So long a process whose device is lost goes on, for its viewers to hear of it."""

log = structlog.get_logger()


class Recovery:
    """Handles failures.

    Args:
        models: what executes the runs.
        runs: the runs; touched only while `changed` is held.
        changed: the lock of the table.
        wake: lets readers look.
        give_up: called with the kind of fault when nothing can be computed any more, so that the process can
            be started anew.
    """

    def __init__(
        self,
        models: ModelSource,
        runs: RunTable,
        changed: threading.Condition,
        wake: Callable[[Sequence[LiveWork[Any]]], None],
        give_up: Callable[[Fault], None],
    ) -> None:
        self.strikes = 0
        """Failed steps since the last one that succeeded."""
        self._models = models
        self._runs = runs
        self._changed = changed
        self._wake = wake
        self._give_up = give_up

    def after(
        self, error: Exception, model: LoadedModel, runs: Sequence[LiveRun], *, repeats: bool = True
    ) -> None:
        """Fail the runs of a call, or leave them as they are where they can make it again in smaller ones.

        Args:
            error: what it failed of.
            model: of the call.
            runs: likewise.
            repeats: whether the runs are still where they were before it.
        """
        name, fault = model.card.name, kind_of(error)
        trace = "".join(traceback.format_exception(error))
        log.error("a step failed", model=name, runs=len(runs), trace=trace)
        if fault is Fault.DEVICE:
            self._lose_device()
            return
        reason = str(error) if isinstance(error, FromNoiseError) else FAILED
        is_learnt = fault is Fault.MEMORY and self._models.shrink(name, sum(run.rows for run in runs))
        if is_learnt:
            if repeats and len(runs) > 1:
                self._tell(runs, SHORT_OF_MEMORY)
                return
            reason = TOO_WIDE if repeats else FAILED
        for run in runs:
            self.fail(run, reason)
        if not (is_learnt or isinstance(error, FromNoiseError)):
            self._count(name)

    def after_job(self, error: BaseException) -> None:
        """Give up where a job has lost the device; whatever else it failed of is told to whoever waits."""
        if kind_of(error) is Fault.DEVICE:
            log.error("a job failed", trace="".join(traceback.format_exception(error)))
            self._lose_device()

    def fail(self, run: LiveRun, reason: str) -> None:
        """End a run with a reason."""
        with self._changed:
            run.log.append(event("failed", {"reason": reason}))
            self._runs.end(run, RunStatus.FAILED)
        self._wake([run])

    def _count(self, name: str) -> None:
        """Count a failed step that says nothing clear; after several, see if the model runs at all."""
        self.strikes += 1
        if self.strikes < STRIKES:
            return
        self.strikes = 0
        try:
            self._models.try_out(name)
        except Exception as error:
            log.error("the model runs no more", model=name, reason=str(error)[:200])
            self._lose_device(kind_of(error))
        else:
            log.warning("steps fail, but the model runs: the fault is in the runs", model=name)

    def _lose_device(self, fault: Fault = Fault.DEVICE) -> None:
        """Fail every run, since this process can step none of them any more, and give up."""
        with self._changed:
            lost = self._runs.wanted(time.monotonic())
        for run in lost:
            self.fail(run, FAILED if fault is Fault.OTHER else DEVICE_FAILED)
        time.sleep(PARTING_S)
        self._give_up(fault)

    def _tell(self, runs: Sequence[LiveRun], text: str) -> None:
        with self._changed:
            for run in runs:
                run.log.append(note(text))
        self._wake(runs)
