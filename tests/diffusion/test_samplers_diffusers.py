"""Each sampler against the diffusers scheduler of the same name, at every step of a run.

Both sides start from the same noise, ask the same nonlinear fake network for v, and are given the same
fresh noise; clipping is off. Our points are the reference's own alpha_bar (or sigmas) at its own
timesteps. The reference keeps them as float32 tensors: where its `step` follows their type, they are
widened without changing a value, so that both sides compute in float64.

Over 300 lines, since each reference has a set-up of its own and all share the network and the loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler,
)
from torch import Tensor

from app.diffusion import predictions
from app.diffusion.plan import Point, plan_along
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import SCHEDULES

SHAPE = (2, 3, 4, 4)
TARGET = 1e-5
IN_DOUBLE = 1e-10
# The reference asks numpy for the array of a tensor in a way that numpy 2 is leaving behind.
their_warning = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
betas = pytest.mark.parametrize("beta_schedule", ["linear", "squaredcos_cap_v2"])
step_counts = pytest.mark.parametrize("steps", [5, 20, 50])


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


def widened(scheduler):
    """Let a scheduler compute in float64 with the very alpha_bar it has."""
    scheduler.alphas_cumprod = scheduler.alphas_cumprod.double()
    return scheduler


def grid_points(scheduler) -> tuple[Point, ...]:
    return points_of([*scheduler.alphas_cumprod[scheduler.timesteps].tolist(), 1.0])


@betas
@step_counts
@pytest.mark.parametrize(("name", "variance"), [("ddpm", "fixed_small"), ("ddpm_large", "fixed_large")])
def test_ddpm(follow, beta_schedule: str, steps: int, name: str, variance: str) -> None:
    # Leading spacing ends at timestep 0, the only one after which the reference adds no noise.
    scheduler = widened(
        DDPMScheduler(
            beta_schedule=beta_schedule,
            variance_type=variance,
            clip_sample=False,
            prediction_type="v_prediction",
            timestep_spacing="leading",
        )
    )
    scheduler.set_timesteps(steps)
    reference, x_t = [], first_picture()
    generator = torch.Generator().manual_seed(2)
    for timestep in scheduler.timesteps:
        v_hat = prediction(x_t, math.sqrt(scheduler.alphas_cumprod[timestep]))
        x_t = scheduler.step(v_hat, timestep, x_t, generator=generator).prev_sample
        reference.append(x_t)
    plan = plan_of(name, grid_points(scheduler))
    ours = follow(plan, first_picture(), x0_hat_from_v, fresh_noise().__next__)
    assert_equal_at_every_step(list(ours), reference, IN_DOUBLE)


@betas
@step_counts
@pytest.mark.parametrize("spacing", ["leading", "trailing"])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ddim(follow, beta_schedule: str, steps: int, spacing: str, eta: float) -> None:
    # The reference finds the next timestep by a fixed stride, right for leading and trailing spacing
    # where the stride divides 1000; with linspace it would step to levels that are not on its grid.
    scheduler = widened(
        DDIMScheduler(
            beta_schedule=beta_schedule,
            clip_sample=False,
            prediction_type="v_prediction",
            timestep_spacing=spacing,
            set_alpha_to_one=True,
        )
    )
    scheduler.set_timesteps(steps)
    reference, x_t, noise = [], first_picture(), fresh_noise()
    for timestep in scheduler.timesteps:
        v_hat = prediction(x_t, math.sqrt(scheduler.alphas_cumprod[timestep]))
        fresh = next(noise)
        x_t = scheduler.step(v_hat, timestep, x_t, eta=eta, variance_noise=fresh).prev_sample
        reference.append(x_t)
    plan = plan_of("ddim", grid_points(scheduler), eta)
    ours = follow(plan, first_picture(), x0_hat_from_v, fresh_noise().__next__)
    assert_equal_at_every_step(list(ours), reference, IN_DOUBLE)


@their_warning
@betas
@step_counts
def test_dpm_solver_pp(follow, beta_schedule: str, steps: int) -> None:
    # A final sigma of zero makes the reference's last step one of first order, as ours is.
    # It computes in float32 whatever it is given.
    scheduler = DPMSolverMultistepScheduler(
        beta_schedule=beta_schedule,
        prediction_type="v_prediction",
        algorithm_type="dpmsolver++",
        solver_type="midpoint",
        solver_order=2,
        final_sigmas_type="zero",
        timestep_spacing="leading",
    )
    scheduler.set_timesteps(steps)
    points = points_of_sigmas(scheduler.sigmas.tolist())
    reference, x_t = [], first_picture().float()
    for timestep, at in zip(scheduler.timesteps, points[:-1], strict=True):
        x_t = scheduler.step(prediction(x_t, at.signal_scale), timestep, x_t).prev_sample
        reference.append(x_t)
    ours = follow(plan_of("dpm_solver_pp", points), first_picture(), x0_hat_from_v)
    assert_equal_at_every_step(list(ours), reference, TARGET)


@their_warning
@betas
@step_counts
def test_heun_sigma(follow, beta_schedule: str, steps: int) -> None:
    # The reference keeps y = x / signal_scale, and every sigma but the first and last twice.
    scheduler = HeunDiscreteScheduler(
        beta_start=1e-4,
        beta_end=0.02,
        beta_schedule=beta_schedule,
        prediction_type="v_prediction",
        timestep_spacing="leading",
    )
    scheduler.set_timesteps(steps)
    scheduler.sigmas = scheduler.sigmas.double()
    sigmas = scheduler.sigmas.tolist()
    seen = points_of_sigmas(sigmas)
    reference, y = [], first_picture() / seen[0].signal_scale
    for timestep, here, there in zip(scheduler.timesteps, seen, seen[1:], strict=False):
        x_t = scheduler.scale_model_input(y, timestep)
        y = scheduler.step(prediction(x_t, here.signal_scale), timestep, y).prev_sample
        reference.append(y * there.signal_scale)
    points = points_of_sigmas([*sigmas[:1], *sigmas[1::2]])
    ours = list(follow(plan_of("heun_sigma", points), first_picture(), x0_hat_from_v))
    assert len(ours) == 2 * steps - 1
    assert_equal_at_every_step(ours, reference, IN_DOUBLE)


@step_counts
def test_flow_euler(follow, steps: int) -> None:
    # From t < 1, since no step can start where no signal is left. The reference computes in float32.
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=np.linspace(0.998, 0.02, steps).tolist())
    times = scheduler.sigmas.tolist()
    points = tuple(Point(t, 1.0 - t, t) for t in times)
    reference, x_t = [], first_picture().float()
    for timestep, at in zip(scheduler.timesteps, points[:-1], strict=True):
        x_t = scheduler.step(prediction(x_t, at.signal_scale), timestep, x_t).prev_sample
        reference.append(x_t)
    ours = follow(plan_of("flow_euler", points), first_picture(), x0_hat_from_velocity)
    assert_equal_at_every_step(list(ours), reference, TARGET)


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
