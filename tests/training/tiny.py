"""A training run that takes a moment."""

from __future__ import annotations

from collections.abc import Callable

import torch

from app.diffusion.unet import UNetConfig
from app.training.data import Pictures
from app.training.recipes import Recipe
from app.training.trainer import TrainingProgress

CPU = torch.device("cpu")


def tiny(pictures: Pictures) -> Recipe:
    """The smallest network, few steps, several epochs: pictures 12 x 12 of 4 classes."""
    return Recipe(
        network=UNetConfig(channels=1, height=12, width=12, widths=(8, 8), blocks=1, heads=1, classes=4),
        read=lambda path, part: pictures,
        classes=tuple("abcd"),
        vocabulary=None,
        steps=10,
        batch=8,
        learning_rate=2e-3,
        kernel_rate=0.02,
        warmup=2,
        decay_share=0.4,
        weight_decay=0.01,
        ema=0.9,
        condition_dropout=0.1,
        t_max=0.999,
        uniform_share=0.5,
        seed=3,
    )


def ignore(progress: TrainingProgress) -> None:
    del progress


class Stopped(Exception):
    """A training run was made to stop."""


def stop_at(step: int) -> Callable[[TrainingProgress], None]:
    """Stop a training run after a step."""

    def told(progress: TrainingProgress) -> None:
        if progress.step == step and not progress.beside:
            raise Stopped

    return told
