"""Each sampler against the diffusers scheduler of the same name, at every step of a run.

Both sides start from the same noise, ask the same nonlinear fake network for v, and are given the same
fresh noise; clipping is off. Our points are the reference's own alpha_bar (or sigmas) at its own
timesteps. The reference keeps them as float32 tensors: where its `step` follows their type, they are
widened without changing a value, so that both sides compute in float64.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from app.diffusion.plan import Point
from tests.diffusion.reference_schedulers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler,
)
from tests.diffusion.sampler_scenes import (
    IN_DOUBLE,
    TARGET,
    assert_equal_at_every_step,
    first_picture,
    fresh_noise,
    plan_of,
    points_of,
    points_of_sigmas,
    prediction,
    x0_hat_from_v,
    x0_hat_from_velocity,
)

pytestmark = pytest.mark.slow

# The reference asks numpy for the array of a tensor in a way that numpy 2 is leaving behind.
their_warning = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
betas = pytest.mark.parametrize("beta_schedule", ["linear", "squaredcos_cap_v2"])
step_counts = pytest.mark.parametrize("steps", [5, 20, 50])


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
