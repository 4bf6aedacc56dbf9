"""The engine's heart: admits runs and trainings, lets viewers read them, and has the device thread step them.

Everything here belongs to the event loop and runs no tensor code. It shares the table of runs with
the device thread under one lock, which is never held during a network call.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import numpy as np

from app.diffusion.judge import Judge
from app.engine.admission import Account, Admission
from app.engine.device_loop import CALL_S, DeviceLoop
from app.engine.faults import Fault
from app.engine.frame_events import event
from app.engine.frame_log import KEEP_ALIVE, StepLog
from app.engine.judged import Judged
from app.engine.judging import NOT_DONE, judge_frames, judge_of, portions
from app.engine.models import LoadedModel, ModelSource
from app.engine.points.spec import TRAINING_ID, TrainingSpec
from app.engine.points.trainer import LiveTraining, Pace, TrainingTable
from app.engine.points.training import report_updates
from app.engine.run import RunSpec, RunStatus, check_spec
from app.engine.run_table import LiveRun, LiveTable, LiveWork, RunTable, bytes_of_run
from app.engine.step_numbers import Place, step_numbers
from app.engine.trajectory import plan_of
from app.errors import Conflict, FromNoiseError, NotFound, TryLater

REPORT_BYTES = 8_000
"""About what a report of a training takes."""

PACE_S = 2.0
"""What measuring how fast trainings go is expected to take at most."""

PORTION_S = 1.0
"""What judging one portion of a run is expected to take at most, the first one with all that it loads."""

JUDGING_S = 5.0
"""A request waits so long for the judge; it goes on meanwhile, and the next request finds it further."""

MOST_STEPS_WORKED_OUT = 16
STEPS_AT_ONCE = 2
"""Steps that are worked out again at once: each draws all noise of a picture up to it anew."""


class Core:
    """Runs, their viewers and the device thread.

    Args:
        models: what can be run.
        runs: the table of runs, with its bounds.
        trainings: that of trainings.
        admission: how many runs may be asked for.
        give_up: called when nothing can be computed any more; see `Recovery`.
    """

    def __init__(
        self,
        models: ModelSource,
        runs: RunTable | None = None,
        admission: Admission | None = None,
        give_up: Callable[[Fault], None] = lambda _: None,
        trainings: TrainingTable | None = None,
    ) -> None:
        self.models = models
        self._runs = runs or RunTable()
        self._trainings = trainings or TrainingTable()
        self._admission = admission or Admission()
        self._changed = threading.Condition()
        self._measuring: Future[Pace] | None = None
        self._working_out = asyncio.Semaphore(STEPS_AT_ONCE)
        self._worked_out = 0
        self._device = DeviceLoop(models, self._runs, self._trainings, self._changed, give_up)

    def start(self) -> None:
        """Start the device thread. Call it on the event loop that will read the frames."""
        self._device.start(asyncio.get_running_loop())

    def stop(self) -> None:
        """Let the device thread end after the current call."""
        self._device.stop()

    def submit(
        self,
        spec: RunSpec,
        learner: str,
        address: str = "",
        replaces: str | None = None,
        account: Account | None = None,
    ) -> LiveRun:
        """Join the same run if there is one, or admit a new one; both count among the runs of the minute.

        Args:
            spec: the run.
            learner: who asks; empty for a client without a cookie.
            address: from where.
            replaces: the id of a run that this one stands in for, after a change of its settings. It counts
                among the changes instead, if there is such a run.
            account: where it goes if it was counted already, by another engine.

        Raises:
            InvalidRequest: no request to this model makes such a specification.
            TryLater: the weights are missing, the queue is full, or too much was asked for in this minute.
        """
        account = account or self.count(learner, address, replaces)
        model = self.models.get(spec.model)
        check_spec(spec, model.card)
        run_id = spec.run_id(model.card.sha256)
        now, size = time.monotonic(), bytes_of_run(spec, model.card)
        with self._changed:
            run = self._runs.join(run_id, now) or self._runs.admit(run_id, spec, account, size, now)
            self._changed.notify()
            return run

    def submit_training(
        self, spec: TrainingSpec, learner: str, address: str = "", account: Account | None = None
    ) -> LiveTraining:
        """Join the same training if there is one, or admit a new one; both count as runs do.

        Raises:
            TryLater: the queue is full, or too much was asked for in this minute.
        """
        account = account or self.count(learner, address)
        now = time.monotonic()
        with self._changed:
            training = self._trainings.join(spec.training_id, now) or self._trainings.admit(
                spec.training_id, spec, account, REPORT_BYTES * len(report_updates(spec.updates)), now
            )
            self._changed.notify()
            return training

    async def training_pace(self) -> Pace:
        """Say how fast trainings go here when nobody else trains.

        Raises:
            TryLater: too many jobs wait for the device.
        """
        trainer = self._device.trainer
        if trainer.known_pace is not None:
            return trainer.known_pace
        if self._measuring is None or self._measuring.done():
            self._measuring = self.call(trainer.measure_pace, PACE_S)
        return await asyncio.wrap_future(self._measuring)

    def count(self, learner: str, address: str = "", replaces: str | None = None) -> Account:
        """Count work that is asked for, and return whose account it goes to; see `submit`.

        Raises:
            TooMany, PoolSpent: there was too much within the minute.
        """
        is_run = replaces is None or not self._knows(replaces)
        return self.take(learner, address, is_change=replaces is not None, is_run=is_run)

    def take(self, learner: str, address: str, *, is_change: bool, is_run: bool) -> Account:
        """Do the same where the asker knows if it is a run; see `Admission.take`."""
        return self._admission.take(learner, address, is_change=is_change, is_run=is_run)

    def place(self, run_id: str, model: str) -> dict[str, Any]:
        """Say what decides whether this engine gets a run; see `app.engine.placing.Place`."""
        able: dict[str, Any] = {"max_rows": None}
        with contextlib.suppress(FromNoiseError):
            loaded = self.models.get(model)
            able = {"max_rows": loaded.max_rows, "rate": loaded.rows_per_s}
        with self._changed:
            is_known = self._table_of(run_id).knows(run_id)
            rows = self._runs.rows(time.monotonic())
        return {"is_known": is_known, "rows": rows, "late_s": self._device.pulse.late_s, **able}

    def find(self, run_id: str) -> LiveWork[Any]:
        """Return a run or a training that is live or cached.

        Raises:
            NotFound: it never was, or has gone.
        """
        with self._changed:
            found: LiveWork[Any] = self._table_of(run_id).find(run_id)
            return found

    def _table_of(self, run_id: str) -> LiveTable[Any]:
        return self._trainings if TRAINING_ID.fullmatch(run_id) else self._runs

    def _knows(self, run_id: str) -> bool:
        with contextlib.suppress(NotFound):
            return bool(self.find(run_id))
        return False

    def withdraw(self, run_id: str) -> None:
        """Give up the claim of whoever asked; with no viewer left the run pauses before its next step."""
        with self._changed:
            self._table_of(run_id).find(run_id).claimed_until = 0.0

    def watch(self, run_id: str, after: int) -> AsyncGenerator[bytes, None]:
        """Return the events of a run or a training after that numbered `after`; reading counts as a viewer.

        Raises:
            NotFound: it never was, or has gone.
        """
        with self._changed:
            table = self._table_of(run_id)
            run = table.find(run_id)
            # It must not go before the first event is read.
            table.claim(run, time.monotonic())
        return self._read(run, table.ahead_of(run), after)

    async def _read(self, run: LiveWork[Any], ahead: int, after: int) -> AsyncGenerator[bytes, None]:
        with self._changed:
            run.viewers += 1
            self._changed.notify()
        try:
            if run.status is RunStatus.WAITING:
                yield event("waiting", {"ahead": ahead})
            async with contextlib.aclosing(run.log.read(after)) as events:
                async for content in events:
                    # Signs of life are the device's own: without them a web process tells its viewers.
                    if content != KEEP_ALIVE or not self._device.pulse.late_s:
                        yield content
        finally:
            with self._changed:
                run.viewers -= 1
                if run.viewers == 0:
                    run.claimed_until = 0.0

    def call(self, job: Callable[[], Any], expected_s: float = CALL_S) -> Future[Any]:
        """Have the device thread run `job` between two ticks, outside the shared batch.

        Args:
            job: what to run.
            expected_s: about how long it takes; see `DeviceLoop.call`.

        Raises:
            TryLater: too many wait already.
        """
        return self._device.call(job, expected_s)

    async def judged(self, run_id: str) -> Judged:
        """Return what the model's judge makes of a finished run; it looks once, for all who ask.

        Raises:
            NotFound: the run never was, or has gone.
            InvalidRequest: its model has no judge.
            Conflict: it has not ended, or failed.
            TryLater: the judge cannot be loaded, or is still looking.
        """
        with self._changed:
            run = self._runs.find(run_id)
            model = self.models.get(run.spec.model)
            judge = judge_of(model)
            if run.status is not RunStatus.DONE:
                raise Conflict(NOT_DONE[run.status])
            self._runs.claim(run, time.monotonic())
        if run.judging is None or _failed(run.judging):
            run.judging = asyncio.create_task(self._judge(run, model, judge))
        # Whoever leaves takes nothing from the others who wait for the same.
        await asyncio.wait([run.judging], timeout=JUDGING_S)
        if not run.judging.done() or run.judging.cancelled():
            raise TryLater("The judge is still looking at the pictures of this run.", 1)
        return run.judging.result()

    async def step_numbers(self, run_id: str, step: int, place: Place) -> dict[str, object]:
        """Work a step of a run out again at one pixel; see `app.engine.step_numbers`.

        Raises:
            NotFound: the run never was, or has gone.
            InvalidRequest: no such step or pixel.
            Conflict: the step has not been computed yet, or never will be.
            TryLater: too many wait for the same.
        """
        with self._changed:
            run = self._runs.find(run_id)
            card = self.models.get(run.spec.model).card
            if run.status is RunStatus.DONE:  # one under way is not kept going by this
                self._runs.claim(run, time.monotonic())
        if run.status is RunStatus.FAILED:
            raise Conflict("This run failed; start it again.")
        if self._worked_out >= MOST_STEPS_WORKED_OUT:
            raise TryLater("Many steps are being worked out at the moment.", 1)
        work = partial(step_numbers, run.spec, card, run.steps or StepLog(), step, place)
        self._worked_out += 1
        try:
            async with self._working_out:
                return await asyncio.to_thread(work)
        finally:
            self._worked_out -= 1

    async def _judge(self, run: LiveRun, model: LoadedModel, judge: Judge) -> Judged:
        """Have the device thread judge a few frames after each tick of the other runs."""
        head = model.card.judge
        assert head is not None
        points, frames = plan_of(run.spec, model.card).points, run.log.frames
        count, shape = run.spec.count, model.card.shape
        found = []
        for portion in portions(len(frames), count):
            look = partial(
                judge_frames, judge, frames[portion], points[portion], shape, count, self.models.device
            )
            found.append(await asyncio.wrap_future(self.call(look, PORTION_S)))
        whole = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Judged(head.aspects, dict(zip(head.aspects, whole, strict=True)))

    def pulse(self) -> dict[str, Any]:
        """Say whether the device thread is alive, without waiting for it; see `Pulse.report`."""
        return self._device.pulse.report()

    def report(self) -> dict[str, Any]:
        """Say how busy the engine is, and for how long its device has not answered."""
        with self._changed:
            return {
                "runs": self._runs.counts(),
                "capacity": self._runs.max_live,
                "viewers": self._runs.viewers(),
                "network_calls": self._device.network_calls,
                "network_rows": self._device.network_rows,
                "trainings": self._trainings.counts(),
                "training_updates": self._device.trainer.updates,
                "silent_s": round(self._device.pulse.late_s, 1),
            }


def _failed(task: asyncio.Task[Judged]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
