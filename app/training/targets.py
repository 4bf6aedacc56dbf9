"""What a shipped model should reach, one line a figure; reports and cards say for each whether it did."""

from __future__ import annotations

import math
from dataclasses import dataclass


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


TARGETS = (
    Target("frechet_ratio", "Fréchet distance to the test pictures, over that of real ones", high=1.5),
    Target(
        "label_accuracy_ratio", "judge sees the class asked for, over its rate on test pictures", low=0.98
    ),
    Target("few_steps_ratio", "Fréchet distance at 10 steps over that at 100, best sampler each", high=1.25),
    Target("nearest_ratio", "median distance to the nearest training picture, over that of test", 0.9, 1.15),
    Target("near_copies", "nearer to a training picture than 99% of test pictures", high=0.02, percent=True),
    Target("precision_ratio", "precision over that of real pictures", low=0.9),
    Target("recall_ratio", "recall over that of real pictures", low=0.9),
    Target(
        "second_opinion",
        "a classifier of another kind sees the class asked for, default settings",
        low=0.97,
        percent=True,
    ),
)
