"""Whole steps on the host: a runtime without graphs, and machines that fail or remember."""

from __future__ import annotations

from app.engine.runtime.cuda import Launched, StepRuntime
from app.engine.runtime.machine import PlainMachine
from app.engine.trajectory import begin

CPU = PlainMachine.device


class Remembering(PlainMachine):
    """A machine whose graphs say when they are replayed, and that fails where it is told to."""

    def __init__(self, faults=None):
        self.captured_works = 0
        self.replays = 0
        self.faults = dict(faults or {})
        self.freed = 0

    def captured(self, work):
        self.captured_works += 1
        fault = self.faults.get(self.captured_works)
        if fault:
            raise fault
        work()

        def replay():
            self.replays += 1
            work()

        return replay

    def free(self):
        self.freed += 1


def step_runtime(model, machine=None, most=256):
    """Make whole steps with the model's own plain network, in single precision."""
    return StepRuntime(model.eager, model.denoiser, model.card, machine or PlainMachine(), most)


def begun(model, specs):
    return [begin(spec, model.card, CPU) for spec in specs]


def finish_launched(runtime, runs):
    """Step runs together until all are finished, each step's frames read only after the next one's launch."""
    events: list[list[bytes]] = [[] for _ in runs]
    under_way: tuple[list[int], Launched] | None = None
    while under_way or any(not run.is_finished for run in runs):
        unfinished = [index for index, run in enumerate(runs) if not run.is_finished]
        before = under_way
        under_way = None
        if unfinished:
            under_way = (unfinished, runtime.launch([runs[index] for index in unfinished]))
        if before:
            for index, contents in zip(before[0], before[1].events(), strict=True):
                events[index] += contents
    return events
