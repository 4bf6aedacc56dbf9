"""The GPU runtime: whole steps of many runs, each the replay of a CUDA graph where one is ready."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.cards import Card
from app.diffusion.denoiser import Denoiser, Network
from app.engine.conditions import examples
from app.engine.runtime.machine import Fetch, Machine, Work
from app.engine.runtime.sizes import SIZES, size_for
from app.engine.runtime.step_buffers import HALVES, PANES, Buffers, Filling
from app.engine.runtime.timing import quickest
from app.engine.runtime.whole_step import whole_step
from app.engine.stepper import encode
from app.engine.trajectory import Draft, Trajectory

SHOWN, LAST = (0, 1, 2), (3, 3, 2)
"""Which of a step's panes a frame shows; the last one has the finished picture twice."""


class Launched:
    """A step that the device makes: the runs are already one call further, their frames still to come.

    Args:
        runs: in the order of their pictures.
        drafts: for each run the frames that the call completes.
        fetch: brings what `packed` has packed.
    """

    def __init__(self, runs: Sequence[Trajectory], drafts: Sequence[list[Draft]], fetch: Fetch) -> None:
        self._runs = runs
        self._drafts = drafts
        self._fetch = fetch

    def pixels(self) -> NDArray[np.uint8]:
        """Wait for the pixels, and return them: (picture, pane, height, width, channel)."""
        return unpacked(self._fetch(), self._runs[0].shape)[0]

    def events(self) -> list[list[bytes]]:
        """Wait for the pixels, and return for each run the events of its frames; its numbers are logged."""
        pixels, halves = unpacked(self._fetch(), self._runs[0].shape)
        ends = accumulate(run.spec.count for run in self._runs)
        events = []
        for run, drafts, end in zip(self._runs, self._drafts, ends, strict=True):
            own = slice(end - run.spec.count, end)
            panes = pixels[own].swapaxes(0, 1)
            is_last = any(draft.is_last for draft in drafts)
            run.log(*halves[own].swapaxes(0, 1), is_last=is_last)
            events.append(
                [encode(run, draft, panes[list(LAST if draft.is_last else SHOWN)]) for draft in drafts]
            )
        return events


def packed(buffers: Buffers) -> Tensor:
    """Join the pixels and the numbers of each picture into bytes, so that one copy brings both."""
    halves = buffers.halves.flatten(1).view(torch.uint8)
    return torch.cat([buffers.pixels.flatten(1), halves], dim=1)


def unpacked(
    content: NDArray[np.uint8], shape: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Take them apart again.

    Returns:
        Pixels (picture, pane, height, width, channel), and numbers (picture, one of three, channel, height,
        width).
    """
    channels, height, width = shape
    end = PANES * height * width * channels
    halves = np.ascontiguousarray(content[:, end:]).view(np.float16)
    return (
        content[:, :end].reshape(-1, PANES, height, width, channels),
        halves.reshape(-1, HALVES, channels, height, width),
    )


class StepRuntime:
    """Makes whole steps of one model, and bare calls of its network by the same means.

    Args:
        network: what is called; takes and gives single precision.
        denoiser: what its numbers mean.
        card: of the model.
        machine: the device.
        most: rows of the largest call.
    """

    def __init__(
        self, network: Network, denoiser: Denoiser, card: Card, machine: Machine, most: int = SIZES[-1]
    ) -> None:
        self._network = network
        self._denoiser = denoiser
        self._machine = machine
        with machine.entered():
            self._buffers = Buffers.make(most, card.shape, examples(card, 1), machine.device)
            self._filling = Filling(self._buffers, card.schedule, machine)
        self._graphs: dict[int, Work] = {}

    @property
    def name(self) -> str:
        """How steps are executed."""
        return "cuda-graphs" if self._graphs else "cuda"

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes that a graph is ready for, in rising order."""
        return tuple(sorted(self._graphs))

    @torch.inference_mode()
    def launch(self, runs: Sequence[Trajectory]) -> Launched:
        """Have the device carry all runs one call further; until all of it is under way no run is changed."""
        counts = [run.spec.count for run in runs]
        pictures = sum(counts)
        with self._machine.entered():
            size = self._fitting(sum(run.spec.count * run.spec.rows_per_picture for run in runs))
            self._filling.put(runs, size)
            self.repeat(size)
            nexts = torch.split(self._buffers.x_next[:pictures].clone(), counts)
            guesses = torch.split(self._buffers.x0_hat[:pictures].clone(), counts)
            fetch = self._machine.fetch(packed(self._buffers.first(pictures)))
        drafts = [run.settle(*state) for run, *state in zip(runs, nexts, guesses, strict=True)]
        return Launched(runs, drafts, fetch)

    @torch.inference_mode()
    def __call__(self, x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Predict from (x_t, t, condition), as a step without guidance does."""
        with self._machine.entered():
            size = self._fitting(len(x_t))
            self._filling.put_call(x_t, t, condition, size)
            self.repeat(size)
            return self._buffers.v_hat[: len(x_t)].clone()

    def capture(self, size: int) -> None:
        """Make a graph ready for a size."""
        with self._machine.entered():
            self._graphs[size] = self._machine.captured(partial(self._plainly, size))

    def forget(self, sizes: Sequence[int]) -> None:
        """Let graphs go, and their memory."""
        for size in sizes:
            self._graphs.pop(size, None)
        self._machine.free()

    def time(self, size: int) -> float:
        """Return the seconds that a step of exactly this size takes as it is executed now."""
        with self._machine.entered():
            return quickest(partial(self.repeat, size), self._machine.wait)

    def _fitting(self, rows: int) -> int:
        """Return the size to fill up to, or the rows themselves where no graph is ready."""
        return size_for(rows, self.sizes) or rows

    def repeat(self, size: int) -> None:
        """Make a step of exactly this size of whatever lies ready; it may still be under way afterwards."""
        if size in self._graphs:
            self._graphs[size]()
        else:
            self._plainly(size)

    def _plainly(self, size: int) -> None:
        whole_step(self._network, self._denoiser, self._buffers.first(size))
