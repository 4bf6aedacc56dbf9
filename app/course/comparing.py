"""The measures that compare two runs, taken of their finished pictures; `experiments.py` says what each is.

numpy only, so that "Show me" tells a learner the very number that the check holds against a claim.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.course.experiments import Measure

GREY_LEVELS = 127.5
"""Grey levels of the screen for one unit of a picture."""


def compare(measure: Measure, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Measure two runs against each other.

    Args:
        measure: any of those of a run.
        first: the finished pictures of the run in question, of shape (picture, ...), between -1 and 1.
        second: those of the run it is compared with; the same shape.
    """
    if measure is Measure.SPREAD_AGAINST_50_STEPS:
        return float(first.std(axis=0).mean() / second.std(axis=0).mean())
    differences = GREY_LEVELS * np.abs(first - second)
    if measure is Measure.CHANGE_WHEN_REPEATED:
        return float(differences.max())
    assert measure is Measure.CHANGE_WITH_NEXT_SEED
    return float(differences.reshape(len(differences), -1).mean(axis=1).min())
