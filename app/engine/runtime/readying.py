"""Makes a model's GPU runtime ready, a piece at a time, so that runs go on in between.

A plain path first, then a graph for every size; kept is what agrees with the plain network and what pays when
it is measured here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import structlog
import torch

from app.cards import Card
from app.diffusion.denoiser import Denoiser, Network
from app.engine.faults import Fault, kind_of
from app.engine.runtime import half
from app.engine.runtime.cuda import StepRuntime
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.machine import Machine, Work
from app.engine.runtime.parity import BATCHES, agrees
from app.engine.runtime.sizes import PAYS, SIZES, most_rows, paying
from app.engine.runtime.timing import TICK_BUDGET_S, time_call

log = structlog.get_logger()


class Readying:
    """The runtime of one model on its way; everything it does belongs to the thread that owns the device.

    Args:
        eager: the model's network, run plainly.
        denoiser: what its numbers mean.
        card: of the model.
        make_machine: returns what serves the device; called on its thread.
        network: what is called in a step; the plain one in bfloat16 unless given.
        tolerance: how far predictions may be from the plain network's.
    """

    def __init__(
        self,
        eager: EagerRuntime,
        denoiser: Denoiser,
        card: Card,
        make_machine: Callable[[], Machine],
        network: Network | None = None,
        tolerance: float = half.TOLERANCE,
    ) -> None:
        self._eager = eager
        self._denoiser = denoiser
        self._card = card
        self._make_machine = make_machine
        self._network = network
        self._tolerance = tolerance
        self._runtime: StepRuntime | None = None
        self._graphs: dict[int, float] = {}
        self._seconds: dict[int, float] = {}
        self.ready: StepRuntime | None = None
        """What to use; None while nothing is ready, and where the plain network is to go on."""

    @property
    def _device(self) -> torch.device:
        return next(self._eager.network.parameters()).device

    @property
    def max_rows(self) -> int:
        """Rows that a call should have at most, once something is ready."""
        return most_rows(self._seconds, TICK_BUDGET_S)

    @property
    def rows_per_s(self) -> float:
        """Rows that it makes a second then."""
        return self.max_rows / self._seconds[self.max_rows]

    def step_seconds(self, runtime: StepRuntime, size: int) -> float:
        """Measure a step of a size, as it is executed now."""
        return runtime.time(size)

    def eager_seconds(self, size: int) -> float:
        """Measure a call of the plain network."""
        try:
            return time_call(self._eager, self._card, size, self._device)
        except torch.OutOfMemoryError:
            return math.inf

    def chores(self) -> Iterator[Work]:
        """Yield what is to be done, one thing after the other; nothing more once something has failed."""
        yield self._begin
        for size in reversed(SIZES):
            if self._runtime is not None:
                yield partial(self._measure, size)
        if self._runtime is not None:
            yield self._choose

    def _begin(self) -> None:
        """Make the plain path."""
        network = self._network or half.halved(self._eager.network)
        runtime = StepRuntime(network, self._denoiser, self._card, self._make_machine())
        if self._agrees(runtime, BATCHES):
            self._runtime = runtime
        else:
            log.warning("the GPU runtime disagrees with eager; it is not used", model=self._card.name)

    def _measure(self, size: int) -> None:
        """Find how long a step of a size takes, and keep a graph for it if that is quicker."""
        runtime = self._runtime
        assert runtime is not None
        try:
            self._seconds[size] = self.step_seconds(runtime, size)
            runtime.capture(size)
            seconds = self.step_seconds(runtime, size)
        except RuntimeError as error:
            runtime.forget([size])
            self._failed(size, error)
            return
        if seconds <= PAYS * self._seconds[size]:
            self._graphs[size] = self._seconds[size] = seconds
        else:
            runtime.forget([size])

    def _failed(self, size: int, error: RuntimeError) -> None:
        """Go on without a graph of this size, or without the size where memory does not last for it."""
        fault = kind_of(error)
        if fault is Fault.DEVICE:
            raise error
        if fault is Fault.MEMORY:
            self._seconds.pop(size, None)
        log.warning("no graph for a size", model=self._card.name, rows=size, reason=str(error)[:200])

    def _choose(self) -> None:
        """Keep the graphs that beat filling up to a larger one, and use it all if it beats eager."""
        runtime = self._runtime
        assert runtime is not None
        if not self._seconds:
            log.warning("no step fits into the GPU's memory; eager goes on", model=self._card.name)
            return
        runtime.forget([size for size in self._graphs if size not in paying(self._graphs)])
        if not self._agrees(runtime, sorted({*BATCHES, *runtime.sizes})):
            log.warning("graphs disagree with eager; they are not used", model=self._card.name)
            runtime.forget(runtime.sizes)
        if not self._pays():
            log.warning("the GPU runtime is not quicker than eager; it is not used", model=self._card.name)
            return
        self.ready = runtime

    def _pays(self) -> bool:
        """Say whether a step takes less than the plain network alone, at the smallest or the usual size."""
        for size in {min(self._seconds), self.max_rows}:
            if self._seconds[size] <= PAYS * self.eager_seconds(size):
                return True
        return False

    def _agrees(self, runtime: StepRuntime, batches: list[int] | tuple[int, ...]) -> bool:
        return agrees(
            runtime,
            self._eager,
            self._card,
            device=self._device,
            tolerance=self._tolerance,
            batches=batches,
        )
