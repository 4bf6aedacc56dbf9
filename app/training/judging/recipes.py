"""How the judge beside each model is made: its network, its pictures and its numbers.

It is another one than the judge of `app.training.judge`, which measures a model for its card, sees finished
pictures alone and does not ship.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.cards import Card
from app.diffusion.judge import JudgeConfig
from app.training.landscapes.scene import ATTRIBUTES

CLASS = "class"


@dataclass(frozen=True)
class JudgingRecipe:
    """Everything that a judge depends on, but its pictures and the model's card.

    Args:
        widths: feature channels at each level of the network.
        blocks: residual blocks at each level.
        steps: optimiser steps.
        batch: pictures a step.
        learning_rate: of AdamW, falling to 0 along a half cosine after the warm-up.
        warmup: steps in which the rate rises from 0.
        weight_decay: of AdamW.
        ema: decay of the moving average of the weights; the average is what ships.
        clean_share: share of the pictures shown without noise; the times of the others are even.
        other_share: share of the pictures shown on another path than the model's, where a sampler has one.
        shift: pictures are moved by up to so many pixels, a batch at a time, filled up with black.
        drawn: drawings to learn from; 0 where a data set is read.
        examined: drawings to be examined with; 0 where a data set has test pictures.
        seed: of weights, order, times and noise.
        keep_every: steps between checkpoints.
    """

    widths: tuple[int, ...] = (32, 64, 96)
    blocks: tuple[int, ...] = (1, 1, 1)
    steps: int = 2_800
    batch: int = 128
    learning_rate: float = 2e-3
    warmup: int = 100
    weight_decay: float = 0.01
    ema: float = 0.995
    clean_share: float = 0.15
    other_share: float = 0.25
    shift: int = 2
    drawn: int = 0
    examined: int = 0
    seed: int = 11
    keep_every: int = 200

    @property
    def network(self) -> dict[str, Any]:
        """Fields of the network that the card keeps."""
        return {"widths": list(self.widths), "blocks": list(self.blocks)}

    def config(self, card: Card) -> JudgeConfig:
        """Return the network's shape for a model."""
        values = tuple(len(names) for names in aspects_of(card).values())
        return JudgeConfig(*card.shape, values, self.widths, self.blocks)

    def identity(self, card: Card) -> str:
        """Name a judge by all that it depends on, its data set and the device apart."""
        told = dataclasses.asdict(self) | {"keep_every": None, "examined": None}
        about = (card.shape, card.schedule, card.t_max, aspects_of(card))
        return hashlib.sha256(repr((sorted(told.items()), about)).encode()).hexdigest()[:16]


JUDGING: Mapping[str, JudgingRecipe] = {
    "digits": JudgingRecipe(),
    "painter": JudgingRecipe(
        blocks=(1, 2, 1), steps=11_000, batch=64, shift=0, drawn=60_000, examined=4_000, ema=0.998
    ),
}


def aspects_of(card: Card) -> dict[str, tuple[str, ...]]:
    """Return what there is to tell of a model's pictures: the class, or the attributes of a landscape."""
    return {CLASS: card.classes} if card.classes else dict(ATTRIBUTES)
