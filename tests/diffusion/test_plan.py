from __future__ import annotations

import math
from itertools import groupby, pairwise

import pytest

from app.diffusion.plan import Plan, make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.samplers.row import Row
from app.diffusion.schedules import GRIDS, SCHEDULES, fewest_steps, sigma
from app.errors import InvalidRequest

samplers = pytest.mark.parametrize("sampler", SAMPLERS)
schedules = pytest.mark.parametrize("model_schedule", SCHEDULES)
step_counts = pytest.mark.parametrize("steps", [1, 2, 3, 10, 50])
etas = pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
grids = pytest.mark.parametrize("grid", GRIDS)


@samplers
@grids
@step_counts
def test_steps_are_the_intervals_between_points(sampler: str, grid: str, steps: int) -> None:
    steps = max(steps, fewest_steps(grid))
    plan = make_plan(sampler=sampler, steps=steps, grid=grid)
    assert len(plan.points) == steps + 1
    assert (plan.points[-1].signal_scale, plan.points[-1].noise_scale) == (1.0, 0.0)
    assert sorted({call.step for call in plan.calls}) == list(range(steps))


@samplers
@step_counts
def test_heun_calls_twice_a_step_but_once_on_the_last_and_others_once(sampler: str, steps: int) -> None:
    plan = make_plan(sampler=sampler, steps=steps)
    assert len(plan.calls) == (2 * steps - 1 if sampler in ("heun", "heun_sigma") else steps)
    for step, calls in groupby(plan.calls, key=lambda call: call.step):
        shape = [call.is_start for call in calls]
        most = SAMPLERS[sampler].calls_per_step
        assert shape == [True, *[False] * ((1 if step == steps - 1 else most) - 1)]


@pytest.mark.parametrize("sampler", ["heun", "heun_sigma"])
def test_the_second_call_of_a_step_looks_where_the_first_one_landed(sampler: str) -> None:
    plan = make_plan(sampler=sampler, steps=3)
    first, second = plan.calls[:2]
    assert (first.point, second.point) == plan.points[:2]


@samplers
@schedules
@grids
def test_every_call_shows_the_network_its_own_schedule_at_equal_sigma(
    sampler: str, model_schedule: str, grid: str
) -> None:
    native = SCHEDULES[model_schedule]
    plan = make_plan(sampler=sampler, steps=7, grid=grid, model_schedule=model_schedule)
    for call in plan.calls:
        at = call.point
        assert sigma(native, call.model_t) == pytest.approx(at.noise_scale / at.signal_scale, rel=1e-9)
        assert native.signal_scale(call.model_t) == pytest.approx(
            call.model_scale * at.signal_scale, rel=1e-12
        )
        assert 0.0 < call.model_t <= 0.999 * (1.0 + 1e-12)


def test_a_model_seen_on_its_own_path_needs_no_scaling() -> None:
    for call in make_plan(sampler="ddim", steps=9).calls:
        assert call.model_scale == pytest.approx(1.0, rel=1e-9)
        assert call.model_t == pytest.approx(call.point.t, rel=1e-9)


def test_the_straight_path_starts_at_the_largest_noise_the_network_knows() -> None:
    plan = make_plan(sampler="flow_euler", steps=4)
    start, first = plan.points[0], plan.calls[0]
    assert start.signal_scale + start.noise_scale == pytest.approx(1.0)
    assert first.model_t == pytest.approx(0.999)
    assert first.model_scale == pytest.approx(math.cos(0.5 * math.pi * 0.999) / start.signal_scale)


@samplers
@schedules
@step_counts
@etas
def test_the_last_call_ends_at_the_clean_estimate(
    sampler: str, model_schedule: str, steps: int, eta: float
) -> None:
    plan = make_plan(sampler=sampler, steps=steps, eta=eta, model_schedule=model_schedule)
    assert plan.calls[-1].row == Row(x_t=0.0, x0_hat=1.0)


@samplers
@step_counts
@etas
def test_rows_land_a_perfect_estimate_on_the_next_point(sampler: str, steps: int, eta: float) -> None:
    """Were x0_hat the true picture, the next one would hold exactly signal_scale_next of it."""
    plan = make_plan(sampler=sampler, steps=steps, eta=eta)
    for call, following in pairwise(plan.calls):
        row, there = call.row, plan.points[call.step + 1]
        start = plan.points[call.step].signal_scale
        signal = row.x_t * call.point.signal_scale + row.x0_hat + row.x0_hat_previous + row.start * start
        assert signal == pytest.approx(there.signal_scale, rel=1e-9, abs=1e-12)
        assert following.point in plan.points


@schedules
@step_counts
def test_every_step_of_heun_begins_as_ddim_does_and_its_last_one_is_ddims(
    model_schedule: str, steps: int
) -> None:
    heun, ddim = (
        make_plan(sampler=name, steps=steps, model_schedule=model_schedule) for name in ("heun", "ddim")
    )
    firsts = [call.row for call in heun.calls if call.is_start]
    assert firsts == [call.row for call in ddim.calls]
    assert heun.calls[-1] == ddim.calls[-1]


@schedules
@grids
@step_counts
def test_from_pure_noise_the_second_guess_of_heun_counts_for_half_at_most_but_is_multiplied_in_sigma(
    model_schedule: str, grid: str, steps: int
) -> None:
    steps = max(steps, fewest_steps(grid), 2)
    plans = (
        make_plan(sampler=name, steps=steps, grid=grid, model_schedule=model_schedule)
        for name in ("heun", "heun_sigma")
    )
    heun, in_sigma = (abs(plan.calls[1].row.x0_hat) for plan in plans)
    here, there = make_plan(sampler="ddim", steps=steps, grid=grid, model_schedule=model_schedule).points[:2]
    assert heun < 0.51 * math.hypot(there.signal_scale, there.noise_scale)
    levels = [at.noise_scale / at.signal_scale for at in (here, there)]
    # for one unit of signal, which is how large the picture becomes:
    assert in_sigma / there.signal_scale == pytest.approx(0.5 * (levels[0] / levels[1] - 1.0), rel=1e-9)


@step_counts
@etas
def test_ddim_keeps_the_noise_of_the_next_point_whatever_eta(steps: int, eta: float) -> None:
    plan = make_plan(sampler="ddim", steps=steps, eta=eta)
    for call, there in zip(plan.calls, plan.points[1:], strict=True):
        kept = math.hypot(call.row.x_t * call.point.noise_scale, call.row.noise)
        assert kept == pytest.approx(there.noise_scale, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("sampler", ["ddim", "dpm_solver_pp", "heun", "heun_sigma", "flow_euler"])
def test_deterministic_samplers_add_no_noise(sampler: str) -> None:
    assert all(call.row.noise == 0.0 for call in make_plan(sampler=sampler, steps=8).calls)


@pytest.mark.parametrize(("sampler", "eta"), [("ddpm", 0.0), ("ddpm_large", 0.0), ("ddim", 0.3)])
def test_stochastic_samplers_add_noise_on_every_step_but_the_last(sampler: str, eta: float) -> None:
    noise = [call.row.noise for call in make_plan(sampler=sampler, steps=8, eta=eta).calls]
    assert all(amount > 0.0 for amount in noise[:-1])
    assert noise[-1] == 0.0


def plan_with(**changes: object) -> Plan:
    return make_plan(**{"sampler": "ddim", "steps": 4, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"sampler": "magic"}, "sampler", "'magic'; allowed: ddim, ddpm"),
        ({"steps": 0}, "steps", "at least 1, got 0"),
        ({"grid": "spiral"}, "grid", "'spiral'; allowed: uniform"),
        ({"grid": "rho7"}, "steps", "grid rho7 needs at least 7 steps, got 4.*grids uniform, half_rho7$"),
        ({"eta": 1.5}, "eta", "between 0 and 1, got 1.5"),
        ({"eta": -0.1}, "eta", "between 0 and 1, got -0.1"),
        ({"eta": math.nan}, "eta", "between 0 and 1, got nan"),
        ({"model_schedule": "wavy"}, None, "'wavy'; allowed: cosine, linear, flow"),
    ],
)
def test_an_impossible_run_is_refused_and_the_field_named(
    changes: dict[str, object], field: str | None, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as refused:
        plan_with(**changes)
    assert refused.value.field == field
