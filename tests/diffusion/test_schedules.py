from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.diffusion.schedules import (
    FEWEST_STEPS,
    GRIDS,
    SCHEDULES,
    Schedule,
    check_steps,
    fewest_steps,
    sigma,
    time_grid,
)
from app.errors import InvalidRequest

schedules = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
times = st.floats(1e-4, 0.9999)


def snr_db(schedule: Schedule, t: float) -> float:
    return -20.0 * math.log10(sigma(schedule, t))


@schedules
def test_at_time_0_there_is_only_the_picture(schedule: Schedule) -> None:
    assert schedule.signal_scale(0.0) == 1.0
    assert schedule.noise_scale(0.0) == 0.0


@pytest.mark.parametrize(
    ("name", "signal_left"), [("cosine", 0.0), ("linear", math.exp(-10.05 / 2)), ("flow", 0.0)]
)
def test_at_time_1_there_is_nothing_but_noise_or_nearly(name: str, signal_left: float) -> None:
    assert SCHEDULES[name].signal_scale(1.0) == pytest.approx(signal_left, abs=1e-15)
    assert SCHEDULES[name].noise_scale(1.0) == pytest.approx(1.0, abs=3e-5)


@pytest.mark.parametrize("name", ["cosine", "linear"])
@given(t=st.floats(0.0, 1.0))
def test_variance_preserving_schedules_keep_the_variance(name: str, t: float) -> None:
    schedule = SCHEDULES[name]
    assert schedule.signal_scale(t) ** 2 + schedule.noise_scale(t) ** 2 == pytest.approx(1.0, abs=1e-14)


@given(t=st.floats(0.0, 1.0))
def test_the_straight_path_mixes_picture_and_noise_by_time(t: float) -> None:
    assert SCHEDULES["flow"].noise_scale(t) == t
    assert SCHEDULES["flow"].signal_scale(t) + SCHEDULES["flow"].noise_scale(t) == 1.0


@schedules
@given(t=times)
def test_a_time_is_found_again_from_its_sigma(schedule: Schedule, t: float) -> None:
    assert schedule.t_from_sigma(sigma(schedule, t)) == pytest.approx(t, rel=1e-9)


@schedules
@given(earlier=times, later=times)
def test_sigma_rises_with_time(schedule: Schedule, earlier: float, later: float) -> None:
    if earlier < later:
        assert sigma(schedule, earlier) < sigma(schedule, later)


@schedules
def test_no_noise_is_at_time_0(schedule: Schedule) -> None:
    assert schedule.t_from_sigma(0.0) == 0.0


@pytest.mark.parametrize("name", ["cosine", "flow"])
def test_without_any_signal_the_time_is_1(name: str) -> None:
    assert SCHEDULES[name].t_from_sigma(math.inf) == 1.0


def test_without_any_signal_sigma_is_infinite() -> None:
    assert sigma(SCHEDULES["flow"], 1.0) == math.inf


@pytest.mark.parametrize(
    ("name", "expected_db", "tolerance"),
    [
        # The offset of Improved DDPM, which the continuous cosine leaves out, costs up to 0.3 dB.
        ("cosine", {0.25: 7.4, 0.5: -0.1, 0.75: -7.7}, 0.3),
        ("linear", {0.25: 0.4, 0.5: -10.7, 0.75: -24.7, 1.0: -43.9}, 0.35),
        ("flow", {0.25: 9.5, 0.5: 0.0, 0.75: -9.5}, 0.05),
    ],
)
def test_signal_to_noise_is_that_of_the_table(
    name: str, expected_db: dict[float, float], tolerance: float
) -> None:
    for t, expected in expected_db.items():
        assert snr_db(SCHEDULES[name], t) == pytest.approx(expected, abs=tolerance)


def test_the_continuous_linear_schedule_follows_the_thousand_betas_of_ddpm() -> None:
    alpha_bar = torch.cumprod(1.0 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), dim=0)
    for step in range(1000):
        discrete_db = 10.0 * math.log10(alpha_bar[step] / (1.0 - alpha_bar[step]))
        assert snr_db(SCHEDULES["linear"], (step + 1) / 1000) == pytest.approx(discrete_db, abs=0.45)


@pytest.mark.parametrize("grid", GRIDS)
@schedules
@given(steps=st.integers(1, 200), t_max=st.floats(0.9, 0.999))
def test_a_grid_falls_from_the_start_to_0_in_the_steps_asked_for(
    grid: str, schedule: Schedule, steps: int, t_max: float
) -> None:
    steps = max(steps, fewest_steps(grid))
    times = time_grid(grid, schedule, t_max, steps)
    assert len(times) == steps + 1
    assert times[0] == pytest.approx(t_max, rel=1e-12)
    assert times[-1] == 0.0
    assert all(t > t_next for t, t_next in pairwise(times))


@pytest.mark.parametrize(
    ("grid", "scale", "sigma_min"),
    [("log_snr", math.log, 0.01), ("rho7", lambda s: s ** (1 / 7), 0.002)],
    ids=["log_snr", "rho7"],
)
@schedules
def test_a_grid_is_even_on_its_own_scale_down_to_its_smallest_sigma(
    grid: str, scale, sigma_min: float, schedule: Schedule
) -> None:
    sigmas = [sigma(schedule, t) for t in time_grid(grid, schedule, 0.99, 12)[:-1]]
    gaps = [scale(high) - scale(low) for high, low in pairwise(sigmas)]
    assert sigmas[-1] == pytest.approx(sigma_min, rel=1e-9)
    assert gaps == pytest.approx([gaps[0]] * 11, rel=1e-9)


def levels_between(grid: str, schedule: Schedule, steps: int) -> list[float]:
    """Return the sigmas of a whole run, without the 0 at its end."""
    return [sigma(schedule, t) for t in time_grid(grid, schedule, 0.999, steps)[:-1]]


@pytest.mark.parametrize("grid", GRIDS)
@schedules
def test_a_grid_of_few_steps_has_its_points_where_the_picture_forms(grid: str, schedule: Schedule) -> None:
    """One point of two steps lies at a middling level, two points of more; one step leads to the end."""
    for steps in range(fewest_steps(grid), 13):
        middling = [level for level in levels_between(grid, schedule, steps) if 0.1 < level < 10.0]
        assert len(middling) >= min(2, steps - 1), steps


@pytest.mark.parametrize("grid", GRIDS)
@schedules
def test_no_step_leaps_from_nothing_but_noise_to_a_nearly_clean_picture(
    grid: str, schedule: Schedule
) -> None:
    for steps in range(fewest_steps(grid), 41):
        for high, low in pairwise(levels_between(grid, schedule, steps)):
            assert not (high > 10.0 and low < 0.1), steps


@pytest.mark.parametrize("grid", FEWEST_STEPS)
def test_fewer_steps_than_a_grid_needs_are_refused_and_the_way_out_is_named(grid: str) -> None:
    fewest = FEWEST_STEPS[grid]
    assert len(time_grid(grid, SCHEDULES["cosine"], 0.999, fewest)) == fewest + 1
    for steps in range(1, fewest):
        with pytest.raises(
            InvalidRequest, match=f"{grid} needs at least {fewest} steps, got {steps}"
        ) as refused:
            time_grid(grid, SCHEDULES["cosine"], 0.999, steps)
        assert refused.value.field == "steps"
        allowed = str(refused.value).rpartition("grids ")[2].split(", ")
        assert {"uniform", "half_rho7"} <= set(allowed) and grid not in allowed
        for other in allowed:
            check_steps(other, steps)


@schedules
def test_the_half_rho7_grid_lies_half_way_between_the_two(schedule: Schedule) -> None:
    even, steep, between = (time_grid(grid, schedule, 0.99, 12) for grid in ("uniform", "rho7", "half_rho7"))
    assert between == pytest.approx([(a + b) / 2 for a, b in zip(even, steep, strict=True)], abs=1e-12)
    longest = [max(t - t_next for t, t_next in pairwise(times)) for times in (even, between, steep)]
    assert longest == sorted(longest)


@schedules
def test_the_uniform_grid_is_even_in_time(schedule: Schedule) -> None:
    assert time_grid("uniform", schedule, 0.8, 4) == pytest.approx([0.8, 0.6, 0.4, 0.2, 0.0])


def test_an_unknown_grid_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(InvalidRequest, match=r"'spiral'.*uniform, log_snr, rho7, half_rho7") as refused:
        time_grid("spiral", SCHEDULES["cosine"], 0.999, 4)
    assert refused.value.field == "grid"


@pytest.mark.parametrize("steps", [0, -3])
@pytest.mark.parametrize("grid", GRIDS)
def test_fewer_than_one_step_is_refused(grid: str, steps: int) -> None:
    with pytest.raises(InvalidRequest, match=f"at least 1, got {steps}") as refused:
        time_grid(grid, SCHEDULES["cosine"], 0.999, steps)
    assert refused.value.field == "steps"
