import numpy as np
import pytest

from app.course.comparing import compare
from app.course.experiments import Measure

RNG = np.random.default_rng(0)
PICTURES = RNG.uniform(-1.0, 1.0, (4, 6, 6, 1)).astype(np.float32)


def test_pictures_that_differ_half_as_much_from_each_other_have_half_the_spread():
    closer = PICTURES.mean(axis=0) + 0.5 * (PICTURES - PICTURES.mean(axis=0))
    assert compare(Measure.SPREAD_AGAINST_50_STEPS, closer, PICTURES) == pytest.approx(0.5, rel=1e-5)
    alike = np.repeat(PICTURES[:1], 4, axis=0)
    assert compare(Measure.SPREAD_AGAINST_50_STEPS, alike, PICTURES) == pytest.approx(0.0, abs=1e-6)


def test_a_repetition_is_judged_by_the_one_dot_that_changed_most():
    other = PICTURES.copy()
    assert compare(Measure.CHANGE_WHEN_REPEATED, PICTURES, other) == 0.0
    other[2, 3, 3] -= 0.2
    assert compare(Measure.CHANGE_WHEN_REPEATED, PICTURES, other) == pytest.approx(25.5, rel=1e-4)


def test_another_seed_is_judged_by_the_picture_that_changed_least():
    other = PICTURES.copy()
    other[1:] += 1.0
    assert compare(Measure.CHANGE_WITH_NEXT_SEED, PICTURES, other) == 0.0
    other[0] += 0.2
    assert compare(Measure.CHANGE_WITH_NEXT_SEED, PICTURES, other) == pytest.approx(25.5, rel=1e-4)
