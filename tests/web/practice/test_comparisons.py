from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.controls.table import MAX_COUNT
from app.course.experiments import Measure, PlayerRun
from app.engine.run import RunSpec
from app.web.practice.comparisons import FinishedRun, finding_of, measured, named, run_beside, set_apart

RUN = PlayerRun(kind="run", model="tiny", seed=3, count=2, steps=1)
SPEC = RunSpec("tiny", 3, None, 2, "ddim", 1, 1.0, 0.0, "uniform")


@pytest.mark.parametrize(("count", "beside"), [(1, 2), (2, 3), (MAX_COUNT, MAX_COUNT - 1)])
def test_a_repetition_is_another_run_of_the_same_noise(count, beside):
    run = RUN.model_copy(update={"count": count})
    other = run_beside(run, Measure.CHANGE_WHEN_REPEATED)
    assert other == run.model_copy(update={"count": beside})


def test_other_measures_take_the_run_that_they_name():
    assert run_beside(RUN, Measure.SPREAD_AGAINST_50_STEPS) == RUN.model_copy(update={"steps": 50})
    assert run_beside(RUN, Measure.CHANGE_WITH_NEXT_SEED) == RUN.model_copy(update={"seed": 4})


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
