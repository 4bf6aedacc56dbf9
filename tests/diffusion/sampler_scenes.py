"""A fake network, points and noise on which samplers are compared step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from app.diffusion import predictions
from app.diffusion.plan import Point, plan_along
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import SCHEDULES

SHAPE = (2, 3, 4, 4)
TARGET = 1e-5
IN_DOUBLE = 1e-10


def prediction(x_t: Tensor, signal_scale: float) -> Tensor:
    """Stand for a network: nonlinear in the picture, mixing neighbours, different at every level."""
    return torch.sin(2.0 * x_t + 3.0 * signal_scale) - 0.4 * torch.tanh(x_t.roll(1, dims=-1))


def x0_hat_from_v(x_t: Tensor, at: Point) -> Tensor:
    signal, noise = (torch.full((1, 1, 1, 1), s, dtype=x_t.dtype) for s in (at.signal_scale, at.noise_scale))
    return predictions.x0_from_v(x_t, prediction(x_t, at.signal_scale), signal, noise)


def x0_hat_from_velocity(x_t: Tensor, at: Point) -> Tensor:
    noise = torch.full((1, 1, 1, 1), at.noise_scale, dtype=x_t.dtype)
    return predictions.x0_from_velocity(x_t, prediction(x_t, at.signal_scale), noise)


def first_picture() -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def fresh_noise() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(2)
    while True:
        yield torch.randn(SHAPE, generator=generator, dtype=torch.float64)


def points_of(alpha_bars: list[float]) -> tuple[Point, ...]:
    """Give a point for each alpha_bar; samplers do not look at its time."""
    return tuple(Point(0.0, math.sqrt(a), math.sqrt(1.0 - a)) for a in alpha_bars)


def points_of_sigmas(sigmas: list[float]) -> tuple[Point, ...]:
    return tuple(Point(0.0, 1.0 / math.hypot(1.0, s), s / math.hypot(1.0, s)) for s in sigmas)


def plan_of(name: str, points: tuple[Point, ...], eta: float = 0.0):
    return plan_along(points, SAMPLERS[name], eta, SCHEDULES["cosine"])


def assert_equal_at_every_step(ours: list[Tensor], reference: list[Tensor], tolerance: float) -> None:
    assert len(ours) == len(reference)
    for step, (mine, theirs) in enumerate(zip(ours, reference, strict=True)):
        error = (mine - theirs).abs().max() / theirs.abs().max()
        assert error <= tolerance, f"step {step}: relative error {error:.2e}"
