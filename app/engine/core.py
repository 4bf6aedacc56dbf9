"""The engine's heart: admits runs, lets them step, keeps what finished. One thread owns the device.

`submit`, `withdraw` and `watch` belong to the event loop; `_work` is the device thread. They share
the table of runs under one lock, which is never held during a network call.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from typing import Any

import structlog

from app.diffusion.plan import make_plan
from app.engine.frame_events import event
from app.engine.live_run import LiveRun
from app.engine.models import LoadedModel, Models
from app.engine.run import RunRequest, RunStatus, normalise
from app.engine.scheduler import Candidate, FairScheduler
from app.engine.stepper import tick
from app.engine.trajectory import Trajectory
from app.errors import NotFound, TryLater

MAX_LIVE = 256
PAUSED_S = 60.0
CACHE_BYTES = 128 * 2**20

log = structlog.get_logger()


class Core:
    """Runs and the device thread that steps them.

    Args:
        models: what can be run.
        max_live: runs that may be unfinished at once; one more is refused.
    """

    def __init__(self, models: Models, max_live: int = MAX_LIVE) -> None:
        self.models = models
        self.max_live = max_live
        self.network_calls = 0
        self.network_rows = 0
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._jobs: list[Callable[[], None]] = []
        self._wake = threading.Condition()
        self._schedulers: dict[str, FairScheduler] = {}
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, daemon=True, name="device")

    def start(self) -> None:
        """Start the device thread. Call it on the event loop that will read the frames."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Let the device thread end after the current call."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=5)

    # What the event loop calls

    def submit(self, request: RunRequest, learner: str) -> LiveRun:
        """Join the same run if there is one, or admit a new one.

        Raises:
            InvalidRequest: a setting is wrong.
            TryLater: the weights are missing, or the queue is full.
        """
        model = self.models.get(request.model)
        spec = normalise(request, model.card)
        run_id = spec.run_id(model.card.sha256)
        with self._wake:
            known = self._runs.get(run_id)
            if known is not None and known.status is not RunStatus.FAILED:
                known.claim()
                self._runs.move_to_end(run_id)
                self._wake.notify()
                return known
            live = sum(not run.has_ended for run in self._runs.values())
            if live >= self.max_live:
                raise TryLater(f"{live} runs are under way, as many as this server takes at once", 5)
            plan = make_plan(
                sampler=spec.sampler,
                steps=spec.steps,
                eta=spec.eta,
                grid=spec.grid,
                model_schedule=model.card.schedule,
                model_t_max=model.card.t_max,
            )
            trajectory = Trajectory(spec, plan, model.card.shape, len(model.card.classes), self.models.device)
            run = LiveRun(run_id, spec, learner, trajectory)
            self._runs[run_id] = run
            self._wake.notify()
            return run

    def find(self, run_id: str) -> LiveRun:
        """Return a run that is live or cached.

        Raises:
            NotFound: it never was, or has gone.
        """
        run = self._runs.get(run_id)
        if run is None:
            raise NotFound(f"no run {run_id}: it was never asked for here, or nobody watched it for a while")
        return run

    def withdraw(self, run_id: str) -> None:
        """Give up the claim of whoever asked; with no viewer left the run pauses before its next step."""
        run = self.find(run_id)
        with self._wake:
            run.claimed_until = 0.0

    async def watch(self, run_id: str, after: int) -> AsyncGenerator[bytes, None]:
        """Yield a run's events from the frame after `after` on, counting as a viewer meanwhile."""
        run = self.find(run_id)
        with self._wake:
            run.viewers += 1
            run.idle_since = None
            self._wake.notify()
        try:
            if run.status is RunStatus.WAITING:
                yield event("waiting", {"ahead": self._ahead_of(run)})
            async with contextlib.aclosing(run.log.read(after)) as events:
                async for content in events:
                    yield content
        finally:
            with self._wake:
                run.viewers -= 1
                if run.viewers == 0:
                    run.claimed_until = 0.0

    def call(self, job: Callable[[], Any]) -> Future[Any]:
        """Have the device thread run `job` between two ticks, outside the shared batch."""
        future: Future[Any] = Future()

        def run_job() -> None:
            try:
                future.set_result(job())
            except Exception as error:
                future.set_exception(error)

        with self._wake:
            self._jobs.append(run_job)
            self._wake.notify()
        return future

    def report(self) -> dict[str, Any]:
        """Say how busy the engine is."""
        with self._wake:
            counts = Counter(str(run.status) for run in self._runs.values())
            viewers = sum(run.viewers for run in self._runs.values())
        return {
            "runs": dict(counts),
            "capacity": self.max_live,
            "viewers": viewers,
            "network_calls": self.network_calls,
            "network_rows": self.network_rows,
        }

    def _ahead_of(self, run: LiveRun) -> int:
        return sum(
            other.status in (RunStatus.WAITING, RunStatus.RUNNING) for other in self._runs.values()
        ) - (run.status is RunStatus.WAITING)

    # The device thread

    def _work(self) -> None:
        while True:
            with self._wake:
                chosen = self._choose()
                while not (chosen or self._jobs or self._stopping):
                    self._wake.wait(timeout=1.0)
                    chosen = self._choose()
                jobs, self._jobs = self._jobs, []
                if self._stopping:
                    return
            for job in jobs:
                job()
            for model, runs in chosen:
                self._step(model, runs)

    def _choose(self) -> list[tuple[LoadedModel, list[LiveRun]]]:
        """Drop what nobody wants any more, and choose the runs of one call for each model."""
        now = time.monotonic()
        self._expire(now)
        wanted: dict[str, list[LiveRun]] = {}
        for run in self._runs.values():
            if not run.has_ended and run.is_wanted(now):
                wanted.setdefault(run.spec.model, []).append(run)
        chosen = []
        for name, runs in wanted.items():
            model = self.models.get(name)
            candidates = [
                Candidate(run.run_id, run.learner, run.trajectory.rows) for run in runs if run.trajectory
            ]
            ids = self._scheduler_for(name).choose(candidates, model.max_rows)
            picked = [self._runs[run_id] for run_id in ids]
            for run in picked:
                run.status = RunStatus.RUNNING
            chosen.append((model, picked))
        return chosen

    def _scheduler_for(self, name: str) -> FairScheduler:
        return self._schedulers.setdefault(name, FairScheduler())

    def _expire(self, now: float) -> None:
        """Pause what nobody watches, forget what has been paused too long or no longer fits the cache."""
        size = sum(run.log.size for run in self._runs.values())
        for run_id, run in list(self._runs.items()):
            if run.has_ended:
                if size > CACHE_BYTES and run.viewers == 0:
                    size -= run.log.size
                    del self._runs[run_id]
            elif not run.is_wanted(now):
                run.status = RunStatus.PAUSED
                run.idle_since = run.idle_since or now
                if now - run.idle_since > PAUSED_S:
                    del self._runs[run_id]

    def _step(self, model: LoadedModel, runs: list[LiveRun]) -> None:
        """Carry runs one call further and hand their frames out; a fault ends them, not the engine."""
        trajectories = [run.trajectory for run in runs if run.trajectory]
        try:
            events = tick(model.denoiser, trajectories)
        except Exception as error:
            log.error("step failed", model=model.card.name, runs=len(runs), error=repr(error))
            for run in runs:
                self._end(run, RunStatus.FAILED, event("failed", {"reason": f"the step failed: {error}"}))
        else:
            self.network_calls += 1
            self.network_rows += sum(trajectory.rows for trajectory in trajectories)
            for run, contents in zip(runs, events, strict=True):
                for content in contents:
                    run.log.append(content)
                if run.trajectory and run.trajectory.is_finished:
                    calls = run.trajectory.position
                    self._end(run, RunStatus.DONE, event("done", {"steps": run.spec.steps, "calls": calls}))
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_wake_all, runs)

    def _end(self, run: LiveRun, status: RunStatus, content: bytes) -> None:
        with self._wake:
            run.log.append(content)
            run.status = status
            run.trajectory = None


def _wake_all(runs: list[LiveRun]) -> None:
    for run in runs:
        run.log.wake()
