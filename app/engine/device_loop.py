"""The thread that owns the device: in each turn one job, then one network call for each model with runs.

Trainings have what is left of a turn: about as long as its calls took, a moment where there were none.

A run whose attention is shown has calls of its own, for each model one of one such run a turn.

A GPU makes a turn's steps while the frames of the turn before are encoded.

Nothing that goes wrong in a turn ends the thread: a fault ends the runs that it touches. Where memory does
not last they go on in smaller calls; where the device is lost, so is the process (`recovery.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import structlog

from app.engine.attention_maps import tick_with_attention
from app.engine.faults import Fault, as_told
from app.engine.frame_events import event
from app.engine.models import LoadedModel, ModelSource
from app.engine.points.trainer import SHARE, SHORTEST_SLICE_S, SLICE_S, Trainer, TrainingTable
from app.engine.recovery import Recovery
from app.engine.run import RunStatus
from app.engine.run_table import LiveRun, LiveWork, RunTable
from app.engine.runtime.cuda import Launched
from app.engine.scheduler import Candidate, FairScheduler
from app.engine.stepper import tick
from app.engine.trajectory import begin
from app.errors import FromNoiseError, TryLater

MAX_JOBS = 32

LATE_S = 0.3
LATE_TIMES = 2.0
"""After that and so many times what is usual, viewers hear that the model does not answer."""

FADING = 0.9
"""How much of a long call is left in what is usual after the next one."""

STUCK_S = 5.0
STUCK_TIMES = 20.0
"""After so long, or so many times what was expected, whichever is more, a call is taken to be stuck."""

IDLE_S = 0.5
CALL_S = 0.1
"""What a job is expected to take that says nothing else: about a network call."""

log = structlog.get_logger()


class Pulse:
    """Whether the device thread is alive: written by it as each thing begins, read without a lock.

    A slow call is no hang: each says beforehand how long it is expected to take, and has many times that.
    It is late when it takes longer than that and than the calls before it, which knew the machine's load.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._beats = 0
        self._lately_s = 0.0
        self._is_call = False
        self._now = (clock(), 0.0, 0.0)  # one assignment: whoever reads sees all of one beat

    def beat(self, expected_s: float = 0.0, *, is_call: bool = False) -> None:
        """Say that something new begins, how many seconds it is expected to last, and if it is a call."""
        now, since = self._clock(), self._now[0]
        if self._is_call:
            self._lately_s = max(now - since, FADING * self._lately_s)
        self._is_call = is_call
        self._beats += 1
        self._now = (now, expected_s, max(expected_s, self._lately_s))

    @property
    def late_s(self) -> float:
        """For how many seconds the thread has been at the same thing, once that is longer than usual."""
        since, _, usual_s = self._now
        age_s = self._clock() - since
        return age_s if age_s > LATE_S + LATE_TIMES * usual_s else 0.0

    def report(self) -> dict[str, Any]:
        """Return `beats`, which grow while the thread is alive, and `limit_s` of the present one."""
        expected_s = self._now[1]
        return {"beats": self._beats, "limit_s": max(STUCK_S, STUCK_TIMES * expected_s)}


class DeviceLoop:
    """Steps the runs of a table.

    Args:
        models: what executes them.
        runs: the runs; touched only while `changed` is held.
        trainings: the trainings, likewise.
        changed: the lock of the table; notified whenever there may be something to do.
        give_up: called when nothing can be computed any more; see `Recovery`.
    """

    def __init__(
        self,
        models: ModelSource,
        runs: RunTable,
        trainings: TrainingTable,
        changed: threading.Condition,
        give_up: Callable[[Fault], None],
    ) -> None:
        self.network_calls = 0
        self.network_rows = 0
        self.pulse = Pulse()
        self._models = models
        self._runs = runs
        self._trainings = trainings
        self.trainer = Trainer(trainings, changed, self._wake)
        self._changed = changed
        self._recovery = Recovery(models, runs, changed, self._wake, give_up)
        self._under_way: list[tuple[LoadedModel, list[LiveRun], Launched]] = []
        self._jobs: deque[tuple[Callable[[], Any], Future[Any], float]] = deque()
        self._schedulers: dict[tuple[str, bool], FairScheduler] = {}
        self._stopping = False
        self._readers: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, daemon=True, name="device")

    def start(self, readers: asyncio.AbstractEventLoop) -> None:
        """Start the thread; `readers` is the event loop on which frames are read."""
        self._readers = readers
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end after the current call, and give up the jobs that have not begun."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=5)
        for _, future, _ in self._jobs:
            future.cancel()

    def call(self, job: Callable[[], Any], expected_s: float = CALL_S) -> Future[Any]:
        """Run `job` between two ticks, outside the shared batch.

        Args:
            job: what to run.
            expected_s: about how long it takes; the device counts as stuck after many times as long.

        Raises:
            TryLater: too many wait already.
        """
        future: Future[Any] = Future()
        with self._changed:
            if len(self._jobs) >= MAX_JOBS or self._stopping:
                raise TryLater(f"{len(self._jobs)} experiments wait for the model already", 2)
            self._jobs.append((job, future, expected_s))
            self._changed.notify()
        return future

    def _work(self) -> None:
        while not self._stopping:
            try:
                self._turn()
            except Exception:
                log.error("a turn of the device thread failed", trace=traceback.format_exc())
                time.sleep(0.1)

    def _turn(self) -> None:
        self.pulse.beat()
        with self._changed:
            chosen = self._choose()
            trainings = self._trainings.wanted(time.monotonic())
            job = self._jobs.popleft() if self._jobs else None
            if not (chosen or trainings or job or self._under_way or self._stopping):
                self.pulse.beat(IDLE_S)
                self._changed.wait(timeout=IDLE_S)
                return
        if job:
            work, future, expected_s = job
            self.pulse.beat(expected_s)
            self._run_job(work, future)
        began = time.monotonic()
        under_way, self._under_way = self._under_way, []
        for model, runs in chosen:
            self._beat(model, runs)
            self._step(model, runs)
        for model, runs, launched in under_way:
            self._beat(model, runs)
            self._collect(model, runs, launched)
        if trainings:
            self.pulse.beat(SLICE_S)
            slice_s = min(SLICE_S, SHARE * (time.monotonic() - began)) if chosen else SLICE_S
            self.trainer.go_on(trainings, max(SHORTEST_SLICE_S, slice_s))

    def _run_job(self, job: Callable[[], Any], future: Future[Any]) -> None:
        """Run a job for whoever waits; nothing is done about one who has gone meanwhile."""
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(as_told(error))
            self._recovery.after_job(error)

    def _choose(self) -> list[tuple[LoadedModel, list[LiveRun]]]:
        """Choose the runs of one call for each model, and one more run where attention is shown."""
        wanted: dict[tuple[str, bool], list[LiveRun]] = {}
        for run in self._runs.wanted(time.monotonic()):
            if run.trajectory is not None and run.trajectory.is_finished:
                continue  # its last frames are under way
            wanted.setdefault((run.spec.model, run.spec.attention), []).append(run)
        chosen = []
        for (name, attention), runs in wanted.items():
            try:
                model = self._models.get(name)
            except FromNoiseError as error:
                for run in runs:
                    self._recovery.fail(run, str(error))
                continue
            by_id = {run.run_id: run for run in runs}
            candidates = [Candidate(run.run_id, run.account, run.rows) for run in runs]
            scheduler = self._schedulers.setdefault((name, attention), self._scheduler())
            max_rows = 1 if attention else model.max_rows  # a run wider than that steps alone
            picked = [by_id[run_id] for run_id in scheduler.choose(candidates, max_rows)]
            for run in picked:
                run.status = RunStatus.RUNNING
            chosen.append((model, picked))
        return chosen

    def _scheduler(self) -> FairScheduler:
        return FairScheduler(shares_time=self._models.device.type == "cpu")

    def _beat(self, model: LoadedModel, runs: list[LiveRun]) -> None:
        self.pulse.beat(sum(run.rows for run in runs) / max(model.rows_per_s, 0.1), is_call=True)

    def _step(self, model: LoadedModel, runs: list[LiveRun]) -> None:
        """Carry runs one call further, and hand their frames out or let them come."""
        try:
            made = self._advance(model, runs)
        except Exception as error:
            self._recovery.after(error, model, runs)
            return
        if isinstance(made, Launched):
            self._under_way.append((model, runs, made))
        else:
            self._hand_out(runs, made)

    def _collect(self, model: LoadedModel, runs: list[LiveRun], launched: Launched) -> None:
        """Wait for the frames of a step of the turn before, and hand them out."""
        try:
            events = launched.events()
        except Exception as error:
            self._recovery.after(error, model, runs, repeats=False)
            return
        self._hand_out(runs, events)

    def _hand_out(self, runs: list[LiveRun], events: list[list[bytes]]) -> None:
        self._recovery.strikes = 0
        self.network_calls += 1
        self.network_rows += sum(run.rows for run in runs)
        with self._changed:
            for run, contents in zip(runs, events, strict=True):
                self._settle(run, contents)
        self._wake(runs)

    def _advance(self, model: LoadedModel, runs: list[LiveRun]) -> list[list[bytes]] | Launched:
        trajectories = []
        for run in runs:
            if run.trajectory is None:
                run.trajectory = begin(run.spec, model.card, self._models.device)
                run.steps = run.trajectory.steps
                run.began_at = time.monotonic()
            trajectories.append(run.trajectory)
        if runs[0].spec.attention:
            return [tick_with_attention(model.denoiser, model.eager, run) for run in trajectories]
        return model.steps.launch(trajectories) if model.steps else tick(model.denoiser, trajectories)

    def _settle(self, run: LiveRun, contents: list[bytes]) -> None:
        for content in contents:
            run.log.append(content)
        if run.trajectory is not None and len(run.log.frames) > run.spec.steps:
            seconds = time.monotonic() - (run.began_at or 0.0)
            facts = {"steps": run.spec.steps, "calls": run.trajectory.position, "seconds": round(seconds, 3)}
            run.log.append(event("done", facts))
            self._runs.end(run, RunStatus.DONE)

    def _wake(self, runs: Sequence[LiveWork[Any]]) -> None:
        """Let the readers look; a loop that has closed meanwhile has none."""
        if self._readers is not None:
            with contextlib.suppress(RuntimeError):
                self._readers.call_soon_threadsafe(_wake_all, runs)


def _wake_all(runs: Sequence[LiveWork[Any]]) -> None:
    for run in runs:
        run.log.wake()
