"""What a recipe says of the stages behind its first one: how long, how fast, and what each aims at."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.training.samples import Setting

if TYPE_CHECKING:
    from app.training.recipes import Recipe


@dataclass(frozen=True, kw_only=True)
class LaterStage:
    """A stage that goes on from the average of the one before.

    Its times and pictures are drawn as before, and its rates fall to 0 along a half cosine from its start.

    Args:
        share: its steps, as a share of those of the first stage.
        learning_rate: of AdamW.
        kernel_rate: of Muon.
        warmup: steps in which the rates rise from 0.
        ema: decay of the moving average of its weights.
    """

    share: float
    learning_rate: float
    kernel_rate: float
    warmup: int
    ema: float = 0.999

    def recipe(self, first: Recipe) -> Recipe:
        """Return the recipe of this stage, which differs from the first only in steps, rates and average."""
        return dataclasses.replace(
            first,
            steps=max(1, round(self.share * first.steps)),
            learning_rate=self.learning_rate,
            kernel_rate=self.kernel_rate,
            warmup=self.warmup,
            decay_share=1.0,
            ema=self.ema,
        )


@dataclass(frozen=True, kw_only=True)
class Sharpening(LaterStage):
    """A second stage, in which the network learns its own autoguided estimates (`Autoguided`).

    Args:
        weight: of autoguidance; 1 would change nothing.
        poor_share: how far the first stage has come when the poorer version is taken from its average.
    """

    weight: float
    poor_share: float


@dataclass(frozen=True, kw_only=True)
class Contrast(LaterStage):
    """A third stage, in which the network learns what tells its own pictures from real ones (`Contrasted`).

    Args:
        rounds: how often it is gone through; its share of steps is that of one round. What ships is the mean
            of the weights that they end with.
        weight: of what it learns; 0 would change nothing.
        count: own pictures, made at the start of a round by what the one before ended with.
        setting: how they are sampled.
    """

    rounds: int
    weight: float
    count: int
    setting: Setting
