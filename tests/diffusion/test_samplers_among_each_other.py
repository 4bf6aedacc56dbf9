"""Samplers that must be one another: the same step under two names, or on two paths."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from torch import Tensor

from app.diffusion.plan import Point
from app.diffusion.schedules import SCHEDULES
from tests.diffusion.sampler_scenes import (
    TARGET,
    assert_equal_at_every_step,
    first_picture,
    fresh_noise,
    plan_of,
    x0_hat_from_v,
)


def cosine_points() -> tuple[Point, ...]:
    cosine = SCHEDULES["cosine"]
    return tuple(
        Point(t, cosine.signal_scale(t), cosine.noise_scale(t))
        for t in [0.999, 0.9, 0.62, 0.6, 0.3, 0.05, 0.0]
    )


def flow_points() -> tuple[Point, ...]:
    """The same sigmas on the straight path."""
    totals = [p.signal_scale + p.noise_scale for p in cosine_points()]
    return tuple(
        Point(p.noise_scale / total, p.signal_scale / total, p.noise_scale / total)
        for p, total in zip(cosine_points(), totals, strict=True)
    )


@pytest.mark.parametrize("points", [cosine_points(), flow_points()], ids=["cosine", "flow"])
def test_ddim_with_full_noise_is_ddpm_with_the_small_variance(follow, points: tuple[Point, ...]) -> None:
    ddim = follow(plan_of("ddim", points, eta=1.0), first_picture(), x0_hat_from_v, fresh_noise().__next__)
    ddpm = follow(plan_of("ddpm", points), first_picture(), x0_hat_from_v, fresh_noise().__next__)
    assert_equal_at_every_step(list(ddim), list(ddpm), 1e-12)


def test_ddim_without_noise_is_eulers_method_in_sigma(follow) -> None:
    points, x_t = cosine_points(), first_picture()
    y, euler = x_t / points[0].signal_scale, []
    for here, there in pairwise(points):
        sigma, sigma_next = (p.noise_scale / p.signal_scale for p in (here, there))
        eps_hat = (y - x0_hat_from_v(y * here.signal_scale, here)) / sigma
        y = y + (sigma_next - sigma) * eps_hat
        euler.append(y * there.signal_scale)
    ddim = follow(plan_of("ddim", points), x_t, x0_hat_from_v)
    assert_equal_at_every_step(list(ddim), euler, 1e-12)


def test_ddim_without_noise_is_flow_euler_at_the_same_sigmas(follow) -> None:
    """Both are given the same denoiser, which sees the picture scaled to the cosine path."""
    cosine, flow = cosine_points(), flow_points()
    on_cosine = {f: c for f, c in zip(flow, cosine, strict=True)}

    def estimate_on_flow(x_t: Tensor, at: Point) -> Tensor:
        same = on_cosine[at]
        return x0_hat_from_v(x_t * (same.signal_scale / at.signal_scale), same)

    first = first_picture()
    ddim = list(follow(plan_of("ddim", cosine), first, x0_hat_from_v))
    start = first * (flow[0].signal_scale / cosine[0].signal_scale)
    euler = follow(plan_of("flow_euler", flow), start, estimate_on_flow)
    rescaled = [
        x * (c.signal_scale / f.signal_scale) for x, c, f in zip(euler, cosine[1:], flow[1:], strict=True)
    ]
    assert_equal_at_every_step(ddim, rescaled, 1e-12)


@pytest.mark.parametrize("points", [cosine_points(), flow_points()], ids=["cosine", "flow"])
def test_heun_turns_by_the_mean_of_two_velocities(follow, points: tuple[Point, ...]) -> None:
    """Its equations as they stand, with no factor worked out: no scheduler of the reference steps so."""
    u, pictures = first_picture() / math.hypot(points[0].signal_scale, points[0].noise_scale), []
    for here, there in pairwise(points):
        angle, angle_next = (math.atan2(p.noise_scale, p.signal_scale) for p in (here, there))
        size, size_next = (math.hypot(p.signal_scale, p.noise_scale) for p in (here, there))

        def turned(v: Tensor, turn: float = angle_next - angle, u: Tensor = u) -> Tensor:
            return math.cos(turn) * u + math.sin(turn) * v

        x0 = x0_hat_from_v(size * u, here)
        v = math.cos(angle) * (u - math.cos(angle) * x0) / math.sin(angle) - math.sin(angle) * x0
        u = turned(v)
        pictures.append(size_next * u)
        if there.noise_scale == 0.0:
            break
        x0 = x0_hat_from_v(size_next * u, there)
        eps = (u - math.cos(angle_next) * x0) / math.sin(angle_next)
        u = turned((v + math.cos(angle) * eps - math.sin(angle) * x0) / 2.0)
        pictures.append(size_next * u)
    ours = list(follow(plan_of("heun", points), first_picture(), x0_hat_from_v))
    assert_equal_at_every_step(ours, pictures, 1e-12)


@pytest.mark.parametrize("name", ["heun", "heun_sigma"])
def test_heun_is_not_ddim(follow, name: str) -> None:
    """Guard of the comparison itself: a wrong sampler is told from the right one."""
    ddim = list(follow(plan_of("ddim", cosine_points()), first_picture(), x0_hat_from_v))
    heun = list(follow(plan_of(name, cosine_points()), first_picture(), x0_hat_from_v))
    with pytest.raises(AssertionError, match="relative error"):
        assert_equal_at_every_step(ddim, heun[1::2] + heun[-1:], TARGET)
