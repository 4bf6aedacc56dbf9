"""The examples of one training, in the order in which it sees them, whoever trains beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from app.engine.points.levels import Scales, inputs, target_of, told
from app.engine.points.spec import LEVELS, TrainingSpec

BATCH = 64
BLOCK = 50
"""Updates whose examples are drawn at once."""


@dataclass(frozen=True)
class Examples:
    """Examples of some updates.

    Attributes:
        x_t: the noisy points.
        t: their times.
        inputs: what the network sees of both.
        targets: what it should give.
        levels: to which of the ten levels each counts, from 0.
    """

    x_t: Float[Tensor, "update row 2"]
    t: Float[Tensor, "update row"]
    inputs: Float[Tensor, "update row inputs"]
    targets: Float[Tensor, "update row 2"]
    levels: Int[Tensor, "update row"]

    def __len__(self) -> int:
        return len(self.t)

    def between(self, begin: int, end: int) -> Self:
        """Return those of the updates from `begin` to before `end`."""
        return type(self)(*(part[begin:end] for part in vars(self).values()))

    @classmethod
    def joined(cls, first: Self, second: Self) -> Self:
        """Return those of both, one after the other."""
        return cls(
            *(torch.cat(parts) for parts in zip(vars(first).values(), vars(second).values(), strict=True))
        )


class ExampleStream:
    """Draws a training's examples in blocks.

    Args:
        spec: the training.
        centres: of its mixture (centres, 2).
        std: of its mixture.
        generator: of its own.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        centres: Float[Tensor, "centres 2"],
        std: float,
        generator: np.random.Generator,
    ) -> None:
        self._spec = spec
        self._centres = centres
        self._std = std
        self._generator = generator
        self._drawn = 0
        self._ahead = self._block()

    def take(self, updates: int) -> Examples:
        """Return the examples of the next updates."""
        while len(self._ahead) < updates:
            self._ahead = Examples.joined(self._ahead, self._block())
        taken = self._ahead.between(0, updates)
        self._ahead = self._ahead.between(updates, len(self._ahead))
        return taken

    def points(self, shape: tuple[int, ...]) -> Float[Tensor, "*shape 2"]:
        """Draw clean points."""
        places = torch.from_numpy(self._generator.integers(0, len(self._centres), shape))
        return self._centres[places] + self._std * self.noise(shape)

    def noise(self, shape: tuple[int, ...]) -> Float[Tensor, "*shape 2"]:
        """Draw standard normal noise for points."""
        return torch.from_numpy(self._generator.standard_normal((*shape, 2), np.float32))

    def _block(self) -> Examples:
        shape = (BLOCK, BATCH)
        x0, eps, t = self.points(shape), self.noise(shape), self._times(shape)
        self._drawn += BLOCK
        return noisy(self._spec, x0, eps, t)

    def _times(self, shape: tuple[int, int]) -> Float[Tensor, "update row"]:
        if self._spec.loop == "random":
            return 1.0 - torch.from_numpy(self._generator.random(shape, np.float32))
        steps = [step_of(self._spec, update) for update in range(self._drawn, self._drawn + BLOCK)]
        return (torch.tensor(steps) / LEVELS)[:, None].expand(shape)


def step_of(spec: TrainingSpec, update: int) -> int:
    """Return the level, 1 to 10, that a loop has at an update, counted from 0."""
    if spec.loop == "cycled":
        return update % LEVELS + 1
    step = min(LEVELS, update * LEVELS // spec.updates + 1)
    return step if spec.loop == "rising" else LEVELS + 1 - step


def noisy(
    spec: TrainingSpec,
    x0: Float[Tensor, "*batch 2"],
    eps: Float[Tensor, "*batch 2"],
    t: Float[Tensor, "*batch"],
) -> Examples:
    """Make examples of clean points, their noise and their times."""
    scales = Scales.of(spec.schedule, t)
    x_t = scales.signal * x0 + scales.noise * eps
    levels = (t * LEVELS - 1e-4).ceil().long().clamp(1, LEVELS) - 1
    return Examples(x_t, t, inputs(x_t, told(spec.level_told, t)), target_of(spec, x0, eps, scales), levels)
