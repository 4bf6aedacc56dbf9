"""What a shipped model should reach, one line a figure; reports and cards say for each whether it did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """A figure of an evaluation and the range it should lie in.

    Args:
        key: its name among the figures.
        title: what it is, in words.
        low: smallest value that will do.
        high: largest value that will do.
        percent: it is a share, and is written as one.
    """

    key: str
    title: str
    low: float = -math.inf
    high: float = math.inf
    percent: bool = False

    def met(self, value: float) -> bool:
        """Say whether a value will do."""
        return self.low <= value <= self.high

    def text(self, value: float) -> str:
        """Write a value with as many digits as it deserves."""
        return f"{value:.2%}" if self.percent else f"{value:.3f}"

    @property
    def wanted(self) -> str:
        """The range in words."""
        low, high = (f"{bound:.0%}" if self.percent else f"{bound:g}" for bound in (self.low, self.high))
        if math.isinf(self.high):
            return f"at least {low}"
        return f"at most {high}" if math.isinf(self.low) else f"{low} to {high}"


def _likeness(frechet: float, accuracy: float, asked: str) -> tuple[Target, ...]:
    """List what every model should reach; how near its pictures come to real ones depends on the data."""
    return (
        Target(
            "frechet_ratio", "Fréchet distance to the test pictures, over that of real ones", high=frechet
        ),
        Target("label_accuracy_ratio", f"judge sees {asked}, over its rate on test pictures", low=accuracy),
        Target(
            "few_steps_ratio", "Fréchet distance at 10 steps over that at 100, best sampler each", high=1.25
        ),
        Target(
            "nearest_ratio", "median distance to the nearest training picture, over that of test", 0.9, 1.15
        ),
        Target(
            "near_copies", "nearer to a training picture than 99% of test pictures", high=0.02, percent=True
        ),
        Target("precision_ratio", "precision over that of real pictures", low=0.9),
        Target("recall_ratio", "recall over that of real pictures", low=0.9),
    )


DIGITS = (
    *_likeness(1.5, 0.98, "the class asked for"),
    Target(
        "second_opinion",
        "a classifier of another kind sees the class asked for, default settings",
        low=0.97,
        percent=True,
    ),
)
PHOTOS = _likeness(5.0, 0.95, "the class asked for")
PAINTER = (
    *_likeness(2.0, 0.98, "what the caption says"),
    Target(
        "seen_prompts_ratio",
        "everything in the prompt is there, default settings, over the rate of drawings; combinations seen "
        "in training",
        low=0.97,
    ),
    Target("held_out_prompts_ratio", "the same for combinations held out from training", low=0.9),
)
TARGETS: Mapping[str, tuple[Target, ...]] = {
    "digits": DIGITS,
    "painter": PAINTER,
    "painter64": PAINTER,
    "photos": PHOTOS,
}
"""The targets of each model."""


def verdicts(model: str, figures: Mapping[str, Any]) -> list[tuple[Target, float]]:
    """Return the targets of a model whose figures are known, each with its figure."""
    return [(target, figures[target.key]) for target in TARGETS[model] if figures.get(target.key) is not None]
