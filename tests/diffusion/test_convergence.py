"""Samplers against the closed form for Gaussian data, where the exact denoiser is known.

For x0 ~ N(MEAN, STD^2), E[x0 | x_t] = MEAN + gain * (x_t - signal_scale * MEAN), on any path. With
y = x / signal_scale the deterministic trajectory keeps (y - MEAN) / sqrt(STD^2 + sigma^2) constant,
and a stochastic step carries a Gaussian to a Gaussian, so that its moments need no random numbers.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from app.diffusion.plan import Plan, Point, make_plan, plan_along
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import SCHEDULES

MEAN, STD = 0.3, 0.5
SIGMA_MAX, SIGMA_MIN = 20.0, 0.02


def gain(at: Point, std: float = STD) -> float:
    """How far the exact denoiser follows a deviation of x_t from its mean."""
    return at.signal_scale * std**2 / ((at.signal_scale * std) ** 2 + at.noise_scale**2)


def exact(x_t: Tensor, at: Point) -> Tensor:
    return MEAN + gain(at) * (x_t - at.signal_scale * MEAN)


def log_snr_points(path: str, steps: int) -> tuple[Point, ...]:
    """Give points evenly spaced in log SNR, from SIGMA_MAX to SIGMA_MIN and no further."""
    schedule = SCHEDULES[path]
    ratio = SIGMA_MIN / SIGMA_MAX
    times = [schedule.t_from_sigma(SIGMA_MAX * ratio ** (k / steps)) for k in range(steps + 1)]
    return tuple(Point(t, schedule.signal_scale(t), schedule.noise_scale(t)) for t in times)


def end_error(follow, sampler: str, path: str, steps: int) -> float:
    """Return the distance from the exact end of the trajectory that starts 1.5 deviations out."""
    points = log_snr_points(path, steps)
    first, last = points[0], points[-1]
    y = MEAN + 1.5 * math.hypot(STD, SIGMA_MAX)
    x_t = torch.full((1, 1, 1, 1), first.signal_scale * y, dtype=torch.float64)
    plan = plan_along(points, SAMPLERS[sampler], 0.0, SCHEDULES["cosine"])
    *_, end = follow(plan, x_t, exact)
    return float(abs(end.item() / last.signal_scale - MEAN - 1.5 * math.hypot(STD, SIGMA_MIN)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sampler", "path", "order"),
    [
        ("ddim", "cosine", 1),
        ("ddim", "linear", 1),
        ("ddim", "flow", 1),
        ("flow_euler", "flow", 1),
        ("heun", "cosine", 2),
        ("heun", "linear", 2),
        ("heun", "flow", 2),
        ("heun_sigma", "cosine", 2),
        ("heun_sigma", "linear", 2),
        ("heun_sigma", "flow", 2),
        ("dpm_solver_pp", "cosine", 2),
        ("dpm_solver_pp", "linear", 2),
        ("dpm_solver_pp", "flow", 2),
    ],
)
def test_order_of_convergence(follow, sampler: str, path: str, order: int) -> None:
    errors = [end_error(follow, sampler, path, steps) for steps in (64, 128, 256)]
    measured = [math.log2(coarse / fine) for coarse, fine in pairwise(errors)]
    assert measured == pytest.approx([order, order], abs=0.15)


def moments(plan: Plan, std: float, mean: float, start: tuple[float, float]) -> tuple[float, float]:
    """Carry mean and variance through a plan of one call a step; return the final mean and deviation."""
    middle, variance = start
    for call in plan.calls:
        row, at = call.row, call.point
        assert row.x0_hat_previous == row.start == 0.0
        follows = gain(at, std)
        factor = row.x_t + row.x0_hat * follows
        middle = factor * middle + row.x0_hat * mean * (1.0 - follows * at.signal_scale)
        variance = factor**2 * variance + row.noise**2
    return middle, math.sqrt(variance)


def moment_errors(sampler: str, eta: float, grid: str, steps: int) -> tuple[float, float]:
    plan = make_plan(sampler=sampler, steps=steps, eta=eta, grid=grid)
    first = plan.points[0]
    start = (first.signal_scale * MEAN, (first.signal_scale * STD) ** 2 + first.noise_scale**2)
    mean, std = moments(plan, STD, MEAN, start)
    return abs(mean - MEAN), abs(std - STD)


@pytest.mark.parametrize("grid", ["uniform", "log_snr", "rho7", "half_rho7"])
@pytest.mark.parametrize(
    ("sampler", "eta"), [("ddpm", 0.0), ("ddpm_large", 0.0), ("ddim", 1.0), ("ddim", 0.5)]
)
def test_moments_of_stochastic_samplers_approach_those_of_the_data(
    sampler: str, eta: float, grid: str
) -> None:
    coarse, fine, finest = (moment_errors(sampler, eta, grid, steps) for steps in (50, 200, 800))
    assert fine[1] < 0.5 * coarse[1]
    assert finest[1] < 0.5 * fine[1]
    assert finest[1] < 0.02 * STD
    assert finest[0] < 1e-9


def test_without_the_fresh_noise_ddpm_would_lose_the_spread_of_the_data() -> None:
    plan = make_plan(sampler="ddpm", steps=800)
    silent = (replace(call, row=replace(call.row, noise=0.0)) for call in plan.calls)
    quiet = Plan(tuple(silent), plan.points)
    _, std = moments(quiet, STD, MEAN, (0.0, 1.0))
    assert std < 0.1 * STD


@pytest.mark.parametrize(("sampler", "expected"), [("ddpm", 0.029), ("ddpm_large", 0.324), ("ddim", 0.037)])
def test_ten_steps_of_the_classic_schedule_spread_as_published_in_the_lesson(
    sampler: str, expected: float
) -> None:
    """DDPM's linear betas at timesteps 900, 800, ... 0, data of deviation 0.1, starting from pure noise."""
    alpha_bar = torch.cumprod(1.0 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), dim=0)
    kept = [*alpha_bar[range(900, -1, -100)].tolist(), 1.0]
    points = tuple(Point(0.0, math.sqrt(a), math.sqrt(1.0 - a)) for a in kept)
    plan = plan_along(points, SAMPLERS[sampler], 0.0, SCHEDULES["cosine"])
    _, std = moments(plan, std=0.1, mean=0.0, start=(0.0, 1.0))
    assert std == pytest.approx(expected, abs=6e-4)
