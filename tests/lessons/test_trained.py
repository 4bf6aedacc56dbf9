"""What lesson 3 says about its trainings, measured of those trainings."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from app.engine.points.spec import TrainingSpec
from docs.record_training import reports_of

Ends = dict[Literal["rising", "falling"], float]


def mean_error(report: dict[str, list[float]]) -> float:
    return float(np.mean(report["validation"]))


@pytest.mark.parametrize("seed", range(4))
def test_the_loop_whose_prints_rise_makes_the_better_network(seed: int) -> None:
    ends: Ends = {}
    loops: tuple[Literal["rising", "falling"], ...] = ("rising", "falling")
    for loop in loops:
        reports = reports_of(TrainingSpec(preset="ring", loop=loop, updates=10, seed=seed))
        losses = [loss for report in reports for _, loss, _ in report["prints"]]
        assert len(losses) == 10
        assert (losses[-1] > losses[0]) is (loop == "rising")
        ends[loop] = mean_error(reports[-1])
        if seed == 0:
            assert mean_error(reports[0]) == pytest.approx(0.99, abs=0.01)
    assert ends["rising"] < ends["falling"] - 0.05
    if seed == 0:
        assert ends == {"rising": pytest.approx(0.67, abs=0.01), "falling": pytest.approx(0.81, abs=0.01)}


@pytest.mark.slow
def test_in_long_blocks_the_first_levels_are_forgotten() -> None:
    reports = reports_of(TrainingSpec(preset="ring", loop="rising", updates=3000))
    floor, found = reports[0]["floor"], reports[-1]["validation"]
    assert found[0] > 50 * floor[0]
    assert found[-1] == pytest.approx(floor[-1], abs=0.05)


@pytest.mark.slow
def test_the_mean_is_near_its_floor_long_before_the_lowest_level_is() -> None:
    reports = reports_of(TrainingSpec(preset="ring", updates=3000))
    floor = reports[0]["floor"]
    early = next(report for report in reports if report["update"] >= 400)
    assert mean_error(early) < np.mean(floor) + 0.03
    assert early["validation"][0] > 3 * floor[0]
    assert mean_error(reports[-1]) == pytest.approx(np.mean(floor), abs=0.03)
