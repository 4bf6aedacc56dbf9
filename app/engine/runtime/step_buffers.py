"""What a whole step reads and writes: tensors that stay where they are, as a graph needs them.

Beside the pictures there are a row of numbers and a row of places for each, packed so that one copy brings
all of them to the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.diffusion.schedules import SCHEDULES
from app.engine.runtime.machine import Machine
from app.engine.trajectory import Trajectory

PANES = 4
"""The noisy picture, the guess, the noise that the guess leaves, and the next picture."""

HALVES = 3
"""The noisy picture, the guess and the next picture, as the log of a run keeps them."""

NUMBERS = 12
"""model_t, model_scale, the model's signal and noise scale there, the run's own, guidance, a row."""

GUIDANCE, ROW = 6, 7
NEUTRAL = (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Numbers of a place that no picture takes: nothing is divided by 0."""

SOURCE, FIRST, SECOND = range(3)
"""Places: which picture a network row shows; which row is a picture's estimate, and which the other one that
guidance leads towards, the same where it needs no other."""


@dataclass(frozen=True)
class Buffers:
    """Tensors of one batch size, for pictures and network rows alike.

    `numbers`, `places`, `x_t`, `x0_previous`, `start`, `noise` and `condition` (of rows) are read; `v_hat`
    (of rows), `x0_hat`, `x_next`, `pixels` (size, pane, height, width, channel) and `halves` (size, number,
    channel, height, width: the noisy picture, the guess and the next picture in half precision) are written.
    """

    numbers: Tensor
    places: Tensor
    x_t: Tensor
    x0_previous: Tensor
    start: Tensor
    noise: Tensor
    condition: Tensor
    v_hat: Tensor
    x0_hat: Tensor
    x_next: Tensor
    pixels: Tensor
    halves: Tensor

    @classmethod
    def make(cls, size: int, shape: tuple[int, int, int], condition: Tensor, device: torch.device) -> Buffers:
        """Make buffers for so many pictures or rows.

        Args:
            size: of the largest batch.
            shape: channels, height, width of a picture.
            condition: any rows of conditions, for their shape.
            device: where the step is made.
        """
        channels, height, width = shape
        pictures = {
            name: torch.zeros(size, *shape, device=device)
            for name in ("x_t", "x0_previous", "start", "noise", "v_hat", "x0_hat", "x_next")
        }
        pixels = torch.zeros(size, PANES, height, width, channels, dtype=torch.uint8, device=device)
        return cls(
            numbers=torch.tensor(NEUTRAL).repeat(size, 1).to(device),
            places=torch.zeros(size, 3, dtype=torch.int64, device=device),
            condition=torch.zeros(size, *condition.shape[1:], dtype=condition.dtype, device=device),
            pixels=pixels,
            halves=torch.zeros(size, HALVES, *shape, dtype=torch.float16, device=device),
            **pictures,
        )

    def first(self, size: int) -> Buffers:
        """Return the first places of all of them, at the same addresses."""
        return Buffers(*(getattr(self, field.name)[:size] for field in fields(self)))

    @property
    def size(self) -> int:
        """For how many pictures or rows there is room."""
        return len(self.x_t)


class Filling:
    """Brings runs into buffers.

    Args:
        buffers: of the largest batch.
        schedule: the name of the one that the model was trained on.
        machine: what copies to the device.
    """

    def __init__(self, buffers: Buffers, schedule: str, machine: Machine) -> None:
        self._buffers = buffers
        self._schedule = SCHEDULES[schedule]
        self._numbers = machine.ferry(buffers.numbers)
        self._places = machine.ferry(buffers.places)
        self._noise = machine.ferry(buffers.noise)
        self._plans: WeakKeyDictionary[Trajectory, NDArray[np.float32]] = WeakKeyDictionary()

    def put(self, runs: Sequence[Trajectory], size: int) -> None:
        """Bring the next call of runs in, filled up to `size` rows with what gives no NaN."""
        counts = [run.spec.count for run in runs]
        pictures = sum(counts)
        numbers, places = self._numbers.host(size), self._places.host(size)
        numbers[:pictures] = np.repeat([self._numbers_of(run) for run in runs], counts, axis=0)
        numbers[pictures:] = NEUTRAL
        doubled = np.repeat([run.spec.rows_per_picture == 2 for run in runs], counts)
        places[:] = places_of(doubled, size)
        self._numbers.send(size)
        self._places.send(size)
        self._put_noise(runs, counts)
        into = self._buffers.first(pictures)
        torch.cat([run.x_t for run in runs], out=into.x_t)
        torch.cat([run.x0_previous for run in runs], out=into.x0_previous)
        torch.cat([run.x_t if run.call.is_start else run.start for run in runs], out=into.start)
        conditions = [_first_condition(run) for run in runs]
        conditions += [run.condition for run in runs if run.spec.rows_per_picture == 2]
        rows = sum(len(condition) for condition in conditions)
        torch.cat(conditions, out=self._buffers.condition[:rows])

    def put_call(self, x_t: Tensor, t: Tensor, condition: Tensor, size: int) -> None:
        """Bring a bare call of the network in: what is predicted of each picture is then in `v_hat`."""
        numbers, places = self._numbers.host(size), self._places.host(size)
        numbers[:] = NEUTRAL
        numbers[: len(t), 0] = t.cpu().numpy()
        numbers[: len(t), 1] = 1.0
        places[:] = places_of(np.zeros(len(t), dtype=bool), size)
        self._numbers.send(size)
        self._places.send(size)
        self._buffers.x_t[: len(t)].copy_(x_t)
        self._buffers.condition[: len(t)].copy_(condition)

    def _put_noise(self, runs: Sequence[Trajectory], counts: Sequence[int]) -> None:
        """Bring fresh noise in where any run takes some; elsewhere it is multiplied by 0."""
        if not any(run.call.row.noise for run in runs):
            return
        pictures = sum(counts)
        noise, place = self._noise.host(pictures), 0
        for run, count in zip(runs, counts, strict=True):
            noise[place : place + count] = run.fresh_noise() if run.call.row.noise else 0.0
            place += count
        self._noise.send(pictures)

    def _numbers_of(self, run: Trajectory) -> NDArray[np.float32]:
        """Return the numbers of a run's next call; those of its whole plan are worked out once."""
        if run not in self._plans:
            self._plans[run] = np.array(
                [
                    (
                        call.model_t,
                        call.model_scale,
                        self._schedule.signal_scale(call.model_t),
                        self._schedule.noise_scale(call.model_t),
                        call.point.signal_scale,
                        call.point.noise_scale,
                        run.spec.guidance,
                        *astuple(call.row),
                    )
                    for call in run.plan.calls
                ],
                dtype=np.float32,
            )
        numbers: NDArray[np.float32] = self._plans[run][run.position]
        return numbers


def places_of(doubled: NDArray[np.bool_], size: int) -> NDArray[np.int64]:
    """Give every picture a network row, and a second one after all first rows where it is doubled.

    Args:
        doubled: for each picture, whether guidance needs two different estimates of it.
        size: network rows; as many as there are pictures and second rows, or more.

    Returns:
        For each of `size` places `SOURCE`, `FIRST` and `SECOND`; 0 where there is nothing.
    """
    pictures, again = len(doubled), np.flatnonzero(doubled)
    places = np.zeros((size, 3), dtype=np.int64)
    places[:pictures, SOURCE] = places[:pictures, FIRST] = places[:pictures, SECOND] = np.arange(pictures)
    places[pictures : pictures + len(again), SOURCE] = again
    places[again, SECOND] = pictures + np.arange(len(again))
    return places


def _first_condition(run: Trajectory) -> Tensor:
    """Return what a picture's first row is told; see `app.diffusion.denoiser.network_rows`."""
    takes_negative = run.spec.rows_per_picture == 2 or run.spec.guidance == 0.0
    return run.negative_condition if takes_negative else run.condition
