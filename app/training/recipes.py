"""How each shipped model is made: its network, its data and its numbers, in one place each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.diffusion.unet import UNetConfig
from app.training.data import Pictures, read_digits


@dataclass(frozen=True)
class Recipe:
    """Everything that training a model depends on, but the device.

    Args:
        network: the shape of the U-Net.
        read: reads the "train" or "test" part from the data file.
        classes: names of the classes, in index order.
        steps: optimiser steps in all.
        batch: pictures a step.
        learning_rate: of AdamW, held after the warm-up and brought to 0 over the last `decay_share`.
        kernel_rate: the same of Muon, which the kernels of hidden convolutions are left to.
        warmup: steps in which the rates rise from 0.
        decay_share: share of the steps at the end in which the rates fall to 0.
        weight_decay: of AdamW.
        ema: decay of the moving average of the weights; the average is what ships.
        label_dropout: share of pictures shown without their class, for guidance.
        t_max: largest time trained at.
        uniform_share: share of the times drawn evenly from 0 to t_max; the rest is logit-normal,
            t = t_max * sigmoid(normal), which favours the middle and hardly ever visits the ends.
        seed: of weights, order, times and noise.
    """

    network: UNetConfig
    read: Callable[[Path, str], Pictures]
    classes: tuple[str, ...]
    steps: int
    batch: int
    learning_rate: float
    kernel_rate: float
    warmup: int
    decay_share: float
    weight_decay: float
    ema: float
    label_dropout: float
    t_max: float
    uniform_share: float
    seed: int


DIGITS = Recipe(
    network=UNetConfig(channels=1, height=28, width=28, widths=(48, 96), blocks=2, heads=4, classes=10),
    read=read_digits,
    classes=tuple("0123456789"),
    steps=15_000,
    batch=128,
    learning_rate=2e-3,
    kernel_rate=0.02,
    warmup=200,
    decay_share=0.4,
    weight_decay=0.01,
    ema=0.999,
    label_dropout=0.1,
    t_max=0.999,
    uniform_share=0.5,
    seed=1,
)

RECIPES = {"digits": DIGITS}
