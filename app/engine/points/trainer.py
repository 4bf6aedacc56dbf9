"""Trains while the device thread waits, between two ticks of the pictures: all wanted trainings, stacked.

On the CPU, whatever the models run on: so small a network would leave an accelerator idle. Who trains beside
a training changes when its updates are made, and not what comes of them.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import structlog
import torch

from app.engine.frame_events import event
from app.engine.points.progress import report
from app.engine.points.spec import TrainingSpec
from app.engine.points.together import Together, divided
from app.engine.points.training import Training
from app.engine.run import RunStatus
from app.engine.run_table import LiveTable, LiveWork
from app.engine.scheduler import Candidate, FairScheduler
from app.errors import FromNoiseError

MAX_LIVE = 128
"""Trainings under way; each takes below a megabyte."""

MOST_OF_LEARNER = 4
MAX_STACKED = 64
"""Of more than so many, each slice has others, fair by learner and address as with pictures."""

PACE_UPDATES = 25
"""Updates whose time is measured."""

MAX_BURST = 25
"""Updates from one look at the clock to the next."""

MOST_WORKERS = 8
SLICE_S = 0.1
"""Where no pictures are made; a run that joins waits no longer."""

SHARE = 0.8
SHORTEST_SLICE_S = 0.002
"""Beside pictures, such a share of the time that their calls took, and at least so much."""

FAILED = "This training failed in the middle. It has been noted; start it again."

log = structlog.get_logger()


@dataclass(frozen=True)
class Pace:
    """How fast this machine trains.

    Attributes:
        update_s: seconds for one update of one training alone.
        report_s: seconds for one report.
    """

    update_s: float
    report_s: float


@dataclass(eq=False)
class LiveTraining(LiveWork[TrainingSpec]):
    """One training.

    Args:
        training: its state, while it is under way; the device thread owns it.
    """

    training: Training | None = None

    def let_go(self) -> None:
        """Free its network and examples."""
        self.training = None

    @property
    def state(self) -> Training:
        """Its state, which it has once it has begun."""
        assert self.training is not None
        return self.training


class TrainingTable(LiveTable[LiveTraining]):
    """Every training by its id; the bounds are those of `LiveTable`."""

    def __init__(self, **bounds: Any) -> None:
        standard = {"max_live": MAX_LIVE, "most_of_learner": MOST_OF_LEARNER}
        super().__init__(LiveTraining, "trainings", **(standard | bounds))


class Trainer:
    """Makes the updates of trainings.

    Args:
        table: where they are; touched only while `changed` is held.
        changed: its lock.
        wake: lets readers of these look.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        table: TrainingTable,
        changed: threading.Condition,
        wake: Callable[[list[LiveTraining]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.updates = 0
        self._table = table
        self._changed = changed
        self._wake = wake
        self._clock = clock
        self._scheduler = FairScheduler()
        self._width = min(torch.get_num_threads(), MOST_WORKERS)
        self._workers = _single_threaded(self._width)
        self._members: list[LiveTraining] = []
        self._groups: list[Together] = []
        self._update_s = 0.0
        self._report_s = 0.0
        self._pace: Pace | None = None

    @property
    def known_pace(self) -> Pace | None:
        """How fast this machine trains, once that was measured."""
        return self._pace

    def measure_pace(self) -> Pace:
        """Time a short training alone, on the thread that trains.

        Its second half counts, so that what happens once does not.
        """
        self._pace = self._measured()
        return self._pace

    def _measured(self) -> Pace:
        training = Training(TrainingSpec(preset="ring", updates=2 * PACE_UPDATES))
        (group,) = divided([training], 1)
        self._workers.submit(report, training).result()
        self._workers.submit(group.advance, PACE_UPDATES).result()
        began = self._clock()
        self._workers.submit(group.advance, PACE_UPDATES).result()
        updated = self._clock()
        self._workers.submit(report, training).result()
        return Pace((updated - began) / PACE_UPDATES, self._clock() - updated)

    def go_on(self, wanted: Sequence[LiveTraining], budget_s: float) -> None:
        """Carry trainings further for about so many seconds, at least by one update or one report."""
        until = self._clock() + budget_s
        members = self._choose(wanted)
        while members:
            is_short = budget_s < SLICE_S
            members, has_shown = self._show(members, until, 1 if is_short else self._width)
            if has_shown and self._clock() + self._update_s >= until:
                return
            ready = [one for one in members if one.training is not None and not one.state.is_due]
            if ready:
                try:
                    self._burst(ready, until)
                except Exception as error:
                    self._fail(ready, error)
                    members = [one for one in members if one not in ready]
            if self._clock() + self._update_s >= until:
                return

    def _choose(self, wanted: Sequence[LiveTraining]) -> list[LiveTraining]:
        by_id = {one.run_id: one for one in wanted}
        candidates = [Candidate(one.run_id, one.account, 1) for one in wanted]
        return [by_id[run_id] for run_id in self._scheduler.choose(candidates, MAX_STACKED)]

    def _show(self, members: list[LiveTraining], until: float, width: int) -> tuple[list[LiveTraining], bool]:
        """Begin what has not begun and make the reports that are due while there is time, `width` at once.

        Return who goes on, and whether there was anything to show.

        Who was reported least goes first, so that everybody sees a beginning.
        """
        due = [one for one in members if one.training is None or one.state.is_due]
        due.sort(key=lambda one: one.training.reports if one.training else -1)
        has_shown = False
        while due and (not has_shown or self._clock() + self._report_s < until):
            has_shown = True
            now, due = due[:width], due[width:]
            began = self._clock()
            futures = [self._workers.submit(_report, one, self._clock()) for one in now]
            for one, future in zip(now, futures, strict=True):
                try:
                    self._settle(one, future.result())
                except Exception as error:
                    self._fail([one], error)
            self._report_s = self._clock() - began
        return [one for one in members if one.training is not None], has_shown

    def _settle(self, one: LiveTraining, content: bytes) -> None:
        """Hand a report out, and end a training that is finished."""
        with self._changed:
            one.status = RunStatus.RUNNING
            one.log.append(content)
            if one.state.is_finished:
                seconds = round(self._clock() - (one.began_at or 0.0), 3)
                one.log.append(event("done", {"updates": one.spec.updates, "seconds": seconds}))
                self._table.end(one, RunStatus.DONE)
        self._wake([one])

    def _burst(self, ready: list[LiveTraining], until: float) -> None:
        """Make some updates of all of them: none past a report, and no more than there is time for."""
        if ready != self._members:
            self._groups = divided([one.state for one in ready], self._width)
            self._members = ready
        began = self._clock()
        fitting = int((until - began) / self._update_s) if self._update_s else 1
        updates = max(1, min(MAX_BURST, fitting, *(one.state.until_due for one in ready)))
        futures = [self._workers.submit(group.advance, updates) for group in self._groups]
        wait(futures)
        for future in futures:
            future.result()
        self.updates += updates * len(ready)
        self._update_s = (self._clock() - began) / updates

    def _fail(self, members: list[LiveTraining], error: Exception) -> None:
        reason = str(error) if isinstance(error, FromNoiseError) else FAILED
        log.error(
            "a training failed", trainings=len(members), trace="".join(traceback.format_exception(error))
        )
        self._members = []
        with self._changed:
            for one in members:
                one.log.append(event("failed", {"reason": reason}))
                self._table.end(one, RunStatus.FAILED)
        self._wake(members)


def _single_threaded(workers: int) -> ThreadPoolExecutor:
    """Start workers that compute on one core each, and leave everybody else's number of threads as it was.

    Threads that share products as small as these wait more than they work.
    """
    threads = torch.get_num_threads()
    all_there = threading.Barrier(workers)
    pool = ThreadPoolExecutor(workers, "trainer")

    def begin() -> None:
        torch.set_num_threads(1)
        torch.get_num_threads()  # a thread that has not asked yet takes what any other sets later
        all_there.wait()

    wait([pool.submit(begin) for _ in range(workers)])
    torch.set_num_threads(threads)
    return pool


def _report(one: LiveTraining, now: float) -> bytes:
    if one.training is None:
        one.training = Training(one.spec)
        one.began_at = now
    return report(one.training)
