"""The tables of the schedules that pages are given, and the figures that are read off them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.diffusion.schedules import SCHEDULES, sigma
from app.labs.noise.levels import MINUS, figures, level, preserves_variance, sigma_text, table

RATIOS = {  # in dB at t = 0.25, 0.5, 0.75
    "linear": (0.4, -10.7, -24.6),
    "cosine": (7.7, 0.0, -7.7),
    "flow": (9.5, 0.0, -9.5),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_table_holds_the_schedules_own_scales(name: str) -> None:
    schedule = SCHEDULES[name]
    signal, noise = table(schedule, 200)
    assert signal.shape == noise.shape == (201,)
    for position in range(200):
        assert signal[position] == pytest.approx(schedule.signal_scale(position / 200), rel=1e-7)
        assert noise[position] == pytest.approx(schedule.noise_scale(position / 200), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("name", "expected"), RATIOS.items())
def test_the_ratios_are_those_that_the_lesson_teaches(name: str, expected: tuple[float, ...]) -> None:
    found = [level(SCHEDULES[name], t).snr_db for t in (0.25, 0.5, 0.75)]
    assert found == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [0.1, 0.4, 0.9])
def test_sigma_and_ratio_say_the_same(name: str, t: float) -> None:
    at = level(SCHEDULES[name], t)
    assert at.sigma == pytest.approx(sigma(SCHEDULES[name], t))
    assert at.snr_db == pytest.approx(-20.0 * math.log10(at.sigma))


def test_at_the_ends_ratios_are_infinite_where_nothing_is_left_of_either() -> None:
    for schedule in SCHEDULES.values():
        assert level(schedule, 0.0).snr_db == math.inf
        assert level(schedule, 0.0).sigma == 0.0
    for name in ("cosine", "flow"):
        assert level(SCHEDULES[name], 1.0).snr_db == -math.inf
        assert level(SCHEDULES[name], 1.0).sigma == math.inf
    assert level(SCHEDULES["linear"], 1.0).snr_db == pytest.approx(-43.6, abs=0.05)


def test_only_flow_changes_the_variance() -> None:
    assert [name for name, schedule in SCHEDULES.items() if preserves_variance(schedule)] == [
        "cosine",
        "linear",
    ]


def test_tables_are_small_enough_for_a_page() -> None:
    assert sum(table(schedule, 200).nbytes for schedule in SCHEDULES.values()) < 5_000
    assert table(SCHEDULES["flow"], 200).dtype == np.float32


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.500"), (-1.25, f"{MINUS}1.250"), (math.inf, "∞"), (-math.inf, f"{MINUS}∞")]
)
def test_figures_have_true_signs(value: float, text: str) -> None:
    assert figures(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.000"), (1.2345, "1.234"), (12.345, "12.3"), (123.45, "123"), (math.inf, "∞")]
)
def test_a_sigma_has_about_three_digits_that_count(value: float, text: str) -> None:
    assert sigma_text(value) == text
