"""Samplers on the Ring, eight Gaussians in the plane, whose exact denoiser is known and is not linear.

A point is a picture of two channels and one pixel. With the data a mixture of N(centre, STD^2), x_t is a
mixture of N(signal_scale * centre, (signal_scale * STD)^2 + noise_scale^2), and E[x0 | x_t] is the mean of
what each centre says, weighted by how likely it made x_t.
"""

from __future__ import annotations

import math
from functools import cache

import pytest
import torch
from torch import Tensor

from app.diffusion.plan import Plan, Point, make_plan, plan_along
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, SCHEDULES, fewest_steps

pytestmark = pytest.mark.slow

RADIUS, STD = 1.4, 0.1
ANGLES = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
CENTRES = RADIUS * torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1)  # centre, coordinate

FEW, MANY = 5, 24
"""The numbers of network calls at which samplers are compared with DDIM."""


def exact(x_t: Tensor, at: Point) -> Tensor:
    variance = (at.signal_scale * STD) ** 2 + at.noise_scale**2
    away = x_t[:, None, :, 0, 0] - at.signal_scale * CENTRES  # point, centre, coordinate
    likely = torch.softmax(-away.square().sum(dim=2) / (2.0 * variance), dim=1)
    guesses = CENTRES + at.signal_scale * STD**2 / variance * away
    return (likely[:, :, None] * guesses).sum(dim=1)[:, :, None, None]


def noise(points: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn((points, 2, 1, 1), generator=generator, dtype=torch.float64)


def is_deterministic(sampler: str) -> bool:
    return all(call.row.noise == 0.0 for call in make_plan(sampler=sampler, steps=7).calls)


DETERMINISTIC = [name for name in SAMPLERS if is_deterministic(name)]


def test_the_exact_denoiser_finds_the_centre_that_a_point_is_near() -> None:
    at = Point(0.0, 0.9, 0.05)
    assert exact(0.9 * CENTRES[:, :, None, None], at)[:, :, 0, 0] == pytest.approx(CENTRES, abs=1e-9)
    far = exact(1e-3 * CENTRES[:, :, None, None], Point(0.0, 1e-3, 1.0))  # knows nothing but the mean
    assert far.abs().max() < 0.01


def distance(one: Tensor, other: Tensor) -> float:
    """Root mean square distance of points."""
    return (one - other).square().sum(dim=1).mean().sqrt().item()


# Order of convergence, on a grid even in log SNR with finite ends: there no step has infinite length.

HIGHEST, LOWEST = 20.0, 0.02


def finite_plan(sampler: str, path: str, steps: int) -> Plan:
    schedule = SCHEDULES[path]
    ratio = LOWEST / HIGHEST
    times = [schedule.t_from_sigma(HIGHEST * ratio ** (k / steps)) for k in range(steps + 1)]
    points = tuple(Point(t, schedule.signal_scale(t), schedule.noise_scale(t)) for t in times)
    return plan_along(points, SAMPLERS[sampler], 0.0, SCHEDULES["cosine"])


def ends(follow, sampler: str, path: str, steps: int) -> Tensor:
    """Return where 48 trajectories that begin at the highest level end at the lowest one."""
    plan = finite_plan(sampler, path, steps)
    first, last = plan.points[0], plan.points[-1]
    end: Tensor
    *_, end = follow(plan, first.signal_scale * math.hypot(1.0, HIGHEST) * noise(48, seed=1), exact)
    return end / last.signal_scale


@pytest.fixture(scope="module")
def true_ends(follow) -> Tensor:
    """The same by a method that is none of ours: Runge-Kutta's of fourth order, in ln(sigma)."""

    def slope(y: Tensor, log_sigma: float) -> Tensor:
        sigma = math.exp(log_sigma)  # dy / dsigma = eps_hat = (y - x0_hat) / sigma, and dsigma = sigma dlog
        return y - exact(y, Point(0.0, 1.0, sigma))

    y = math.hypot(1.0, HIGHEST) * noise(48, seed=1)
    steps = 400
    change = math.log(LOWEST / HIGHEST) / steps
    for step in range(steps):
        here = math.log(HIGHEST) + step * change
        one = slope(y, here)
        two = slope(y + 0.5 * change * one, here + 0.5 * change)
        three = slope(y + 0.5 * change * two, here + 0.5 * change)
        four = slope(y + change * three, here + change)
        y = y + change / 6.0 * (one + 2.0 * two + 2.0 * three + four)
    return y


@pytest.mark.parametrize("path", SCHEDULES)
@pytest.mark.parametrize(
    ("sampler", "order"), [("ddim", 1), ("heun", 2), ("heun_sigma", 2), ("dpm_solver_pp", 2)]
)
def test_order_of_convergence_on_the_ring(
    follow, true_ends: Tensor, sampler: str, order: int, path: str
) -> None:
    coarse, fine = (distance(ends(follow, sampler, path, steps), true_ends) for steps in (100, 200))
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.15)


# Few calls, on the grids that runs have.

POINTS = 500
"""With 200, chance outweighs what Heun and DDIM differ by where the last even step makes all the error."""


@pytest.fixture(scope="module")
def pictures(follow):
    """Give the function that samples the Ring, each setting once."""

    @cache
    def sampled(sampler: str, grid: str, steps: int) -> Tensor:
        plan = make_plan(sampler=sampler, steps=steps, grid=grid)
        end: Tensor
        *_, end = follow(plan, plan.points[0].noise_scale * noise(POINTS, seed=0), exact)
        return end

    return sampled


@pytest.fixture(scope="module")
def converged(pictures) -> Tensor:
    picture: Tensor = pictures("heun", "half_rho7", 200)
    return picture


def further_than_ddim_at_half_the_calls(pictures, converged: Tensor, sampler: str, grid: str) -> list[int]:
    """Return the numbers of calls at which DDIM with half as many, rounded down, is nearer to the end.

    Where the grid is refused with as few steps, there is no such DDIM.
    """
    a_step = SAMPLERS[sampler].calls_per_step
    further = []
    for steps in range(fewest_steps(grid), MANY // a_step + 1):
        calls = a_step * (steps - 1) + 1
        if calls < FEW or calls // 2 < fewest_steps(grid):
            continue
        error = distance(pictures(sampler, grid, steps), converged)
        if error > distance(pictures("ddim", grid, calls // 2), converged):
            further.append(calls)
    return further


def test_the_converged_points_are_those_of_another_sampler_on_another_grid(
    pictures, converged: Tensor
) -> None:
    assert distance(pictures("dpm_solver_pp", "uniform", 200), converged) < 0.001


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("sampler", [name for name in DETERMINISTIC if name != "heun_sigma"])
def test_no_sampler_ends_further_off_than_ddim_at_half_the_calls(
    pictures, converged: Tensor, sampler: str, grid: str
) -> None:
    assert further_than_ddim_at_half_the_calls(pictures, converged, sampler, grid) == []


@pytest.mark.parametrize("grid", GRIDS)
def test_but_heun_in_sigma_does(pictures, converged: Tensor, grid: str) -> None:
    assert len(further_than_ddim_at_half_the_calls(pictures, converged, "heun_sigma", grid)) >= 3


def test_the_deterministic_samplers_are_known_by_their_rows() -> None:
    assert set(SAMPLERS) - set(DETERMINISTIC) == {"ddpm", "ddpm_large"}
