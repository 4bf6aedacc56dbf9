"""Noise levels of a training: signal and noise at each t, what the network is told of it, and its target."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Self

import torch
from jaxtyping import Float
from torch import Tensor

from app.diffusion.predictions import v_from_x0_eps, velocity_from_x0_eps
from app.diffusion.schedules import SCHEDULES
from app.engine.points.spec import LEVELS, TrainingSpec

Column = Float[Tensor, "*batch 1"]
Pairs = Float[Tensor, "*batch 2"]

TABLE = 1024
"""Times at which a schedule is tabulated; between them is the straight line."""

FREQUENCIES = (2.0, 5.0)
"""Of sines and cosines that stand beside the coordinates: without them a small network blurs what is near."""

TOLD = 4
INPUTS = 2 + 4 * len(FREQUENCIES) + TOLD


@dataclass(frozen=True)
class Scales:
    """Signal and noise at the times of a batch, as columns that stand beside its points."""

    signal: Column
    noise: Column

    @classmethod
    def of(cls, schedule: str, t: Float[Tensor, "*batch"]) -> Self:
        """Look the scales of a schedule up at `t` in [0, 1]."""
        table = _table(schedule)
        place = t * TABLE
        below = place.long().clamp(max=TABLE - 1)
        part = (place - below)[..., None]
        ends = table[below], table[below + 1]
        scales = ends[0] + part * (ends[1] - ends[0])
        return cls(scales[..., :1], scales[..., 1:])


def level_times() -> Float[Tensor, " levels"]:
    """Return the ten times at which trainings are judged: 0.1 to 1."""
    return torch.arange(1, LEVELS + 1) / LEVELS


def target_of(spec: TrainingSpec, x0: Pairs, eps: Pairs, scales: Scales) -> Pairs:
    """Return what a network should give for clean points and their noise.

    With `v` on the straight path it is the velocity, elsewhere v of progressive distillation.
    """
    if spec.target == "x0":
        return x0
    if spec.target == "eps":
        return eps
    if spec.schedule == "flow":
        return velocity_from_x0_eps(x0, eps)
    return v_from_x0_eps(x0, eps, scales.signal, scales.noise)


def x0_of(spec: TrainingSpec, x_t: Pairs, given: Pairs, scales: Scales) -> Pairs:
    """Turn what a network gave into x0_hat; `eps` has none where no signal is left."""
    if spec.target == "x0":
        return given
    if spec.target == "eps":
        return (x_t - scales.noise * given) / scales.signal
    if spec.schedule == "flow":
        return x_t - scales.noise * given
    return scales.signal * x_t - scales.noise * given


def told(level_told: bool, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch told"]:
    """Return what the network is told of its level: four numbers, or zeros."""
    if not level_told:
        return torch.zeros(*t.shape, TOLD)
    turns = (math.pi * t, 2.0 * math.pi * t, 4.0 * math.pi * t)
    return torch.stack([2.0 * t - 1.0, *(turn.cos() for turn in turns)], dim=-1)


def inputs(x_t: Pairs, told_of_t: Float[Tensor, "*#batch told"]) -> Float[Tensor, "*batch inputs"]:
    """Put together what the network sees: the points, their waves, and what it is told."""
    phases = torch.cat([frequency * x_t for frequency in FREQUENCIES], dim=-1)
    return torch.cat([x_t, phases.sin(), phases.cos(), told_of_t.expand(*x_t.shape[:-1], TOLD)], dim=-1)


@functools.cache
def _table(schedule: str) -> Float[Tensor, "times 2"]:
    chosen = SCHEDULES[schedule]
    times = [k / TABLE for k in range(TABLE + 1)]
    scales = [(chosen.signal_scale(t), chosen.noise_scale(t)) for t in times]
    return torch.tensor(scales, dtype=torch.float64).float()
