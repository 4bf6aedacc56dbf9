from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.course.experiments import Measure
from app.engine.run import RunSpec
from app.web.practice.comparisons import FinishedRun, finding_of, measured, named, set_apart

SPEC = RunSpec("tiny", 3, None, 2, "ddim", 1, 1.0, 0.0, "uniform")


def test_only_pictures_that_both_runs_have_are_compared():
    pictures = np.full((2, 8, 8, 1), 100, np.uint8)
    other = np.concatenate([pictures, np.zeros_like(pictures[:1])])
    first, second = FinishedRun(SPEC, pictures), FinishedRun(replace(SPEC, count=3), other)
    assert measured(Measure.CHANGE_WHEN_REPEATED, first, second) == 0.0
    other[1, 4, 4, 0] += 3
    assert measured(Measure.CHANGE_WHEN_REPEATED, first, second) == pytest.approx(3.0, abs=1e-3)
    assert measured(Measure.CHANGE_WHEN_REPEATED, second, first) == pytest.approx(3.0, abs=1e-3)


@pytest.mark.parametrize(
    ("measure", "changes", "value", "first", "second", "said"),
    [
        (
            Measure.SPREAD_AGAINST_50_STEPS,
            {"steps": 50},
            0.064,
            "1 step",
            "50 steps",
            "After 1 step the dots vary from picture to picture 6% as much as after 50 steps.",
        ),
        (
            Measure.CHANGE_WHEN_REPEATED,
            {"count": 3},
            0.0,
            "Seed 3",
            "Seed 3 again",
            "Seed 3, drawn twice: the largest difference of any dot is 0 of 255 grey levels.",
        ),
        (
            Measure.CHANGE_WITH_NEXT_SEED,
            {"seed": 4},
            29.87,
            "Seed 3",
            "Seed 4",
            "Seed 4 in place of seed 3: a dot differs by 30 of 255 grey levels on average.",
        ),
    ],
)
def test_a_comparison_is_told_in_words(measure, changes, value, first, second, said):
    other = replace(SPEC, **changes)
    assert named(SPEC, measure) == first
    assert set_apart(other, measure)[0] == second
    assert finding_of(measure, SPEC, other, value) == said
