"""What the claims of a run compare it with: the two runs measured, and what to say of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.course.comparing import GREY_LEVELS, compare
from app.course.experiments import Measure
from app.engine.run import RunSpec
from app.pictures import Pixels


@dataclass(frozen=True)
class FinishedRun:
    """A run that was drawn: its settings, and its finished pictures (picture, height, width, channels)."""

    spec: RunSpec
    pictures: Pixels


def measured(measure: Measure, first: FinishedRun, second: FinishedRun) -> float:
    """Measure the pictures that both runs have, as they are on the screen."""
    both = min(len(first.pictures), len(second.pictures))
    a, b = (drawn.pictures[:both].astype(np.float32) / GREY_LEVELS - 1.0 for drawn in (first, second))
    return compare(measure, a, b)


def named(spec: RunSpec, measure: Measure) -> str:
    """Name a run by the setting that a measure is about."""
    if measure is Measure.SPREAD_AGAINST_50_STEPS:
        return "1 step" if spec.steps == 1 else f"{spec.steps} steps"
    return f"Seed {spec.seed}"


def set_apart(spec: RunSpec, measure: Measure) -> tuple[str, str]:
    """Return a title for the run beside the experiment's, and what it differs in."""
    name = named(spec, measure)
    if measure is Measure.SPREAD_AGAINST_50_STEPS:
        return name, "from the same noise"
    if measure is Measure.CHANGE_WHEN_REPEATED:
        return f"{name} again", "drawn a second time"
    return name, "other noise, all else the same"


def finding_of(measure: Measure, first: RunSpec, second: RunSpec, value: float) -> str:
    """Say in words what was measured."""
    one, other = named(first, measure), named(second, measure)
    if measure is Measure.SPREAD_AGAINST_50_STEPS:
        return f"After {one} the dots vary from picture to picture {value:.0%} as much as after {other}."
    if measure is Measure.CHANGE_WHEN_REPEATED:
        return f"{one}, drawn twice: the largest difference of any dot is {value:.0f} of 255 grey levels."
    return f"{other} in place of {one.lower()}: a dot differs by {value:.0f} of 255 grey levels on average."
