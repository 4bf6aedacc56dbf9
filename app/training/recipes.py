"""How each shipped model is made: its network, its data and its numbers, in one place each."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.diffusion.text import TextConfig
from app.diffusion.unet import UNetConfig
from app.errors import InvalidRequest
from app.prompts import MAX_WORDS, Vocabulary
from app.training.data import Batches, Epochs, Pictures, read_digits
from app.training.landscapes.stream import DrawnBatches
from app.training.landscapes.words import VOCABULARY
from app.training.later_stages import Contrast, Sharpening
from app.training.photos import CLASSES, read_photos
from app.training.samples import Setting


@dataclass(frozen=True)
class Recipe:
    """Everything that training a model depends on, but the device.

    Args:
        network: the shape of the U-Net.
        read: reads the "train" or "test" part of the data set at a path; None where pictures are drawn.
        classes: names of the classes, in index order; none for text models.
        vocabulary: the words of a text model.
        steps: optimiser steps of the first stage, which is all there is without later ones.
        batch: pictures a step.
        learning_rate: of AdamW, held after the warm-up and brought to 0 over the last `decay_share`.
        warmup: steps in which the rates rise from 0.
        ema: decay of the moving average of the weights; the average is what ships.
        kernel_rate: learning rate of Muon, which the kernels of hidden convolutions are left to.
        decay_share: share of the steps at the end in which the rates fall to 0.
        weight_decay: of AdamW.
        condition_dropout: share of pictures shown without their class or prompt, for guidance.
        t_max: largest time trained at.
        uniform_share: share of the times drawn evenly from 0 to t_max; the rest is logit-normal,
            t = t_max * sigmoid(normal), which favours the middle and hardly ever visits the ends.
        seed: of weights, order, times and noise.
        mirror: whether half of the pictures, chosen anew at every step, are shown left for right.
        precision: what the network computes in on an accelerator; weights, their average and the
            optimisers are single. On a CPU everything is.
        compiled: whether the network is compiled on an accelerator; it never is on a CPU.
        keep_every: steps between checkpoints, each with a sheet of samples.
        sharpening: the second stage; most models have none.
        contrast: the third stage, or the second one without `sharpening`; likewise.
    """

    network: UNetConfig
    read: Callable[[Path, str], Pictures] | None
    classes: tuple[str, ...]
    vocabulary: Vocabulary | None
    steps: int
    batch: int
    learning_rate: float
    warmup: int
    ema: float
    kernel_rate: float = 0.02
    decay_share: float = 0.4
    weight_decay: float = 0.01
    condition_dropout: float = 0.1
    t_max: float = 0.999
    uniform_share: float = 0.5
    seed: int = 1
    mirror: bool = False
    precision: Literal["single", "bfloat16"] = "single"
    compiled: bool = False
    keep_every: int = 500
    sharpening: Sharpening | None = None
    contrast: Contrast | None = None

    @property
    def identity(self) -> str:
        """Name the recipe by all that its weights depend on, the data set and the device apart."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        told = {name: value for name, value in fields.items() if name not in ("read", "keep_every")}
        told["vocabulary"] = self.vocabulary.kinds if self.vocabulary else None
        return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]

    @property
    def poor_step(self) -> int:
        """The step after which the average of the weights is the poorer version; 0 without a second stage."""
        return max(1, round(self.sharpening.poor_share * self.steps)) if self.sharpening else 0

    @property
    def steps_in_all(self) -> int:
        """Optimiser steps of all stages."""
        second = self.sharpening.recipe(self).steps if self.sharpening else 0
        third = self.contrast.rounds * self.contrast.recipe(self).steps if self.contrast else 0
        return self.steps + second + third

    def batches(self, data: Path | None) -> Batches:
        """Return where a training run takes its pictures from.

        Args:
            data: the data set's file or folder; not looked at where pictures are drawn.

        Raises:
            InvalidRequest: the data set is missing or not what the recipe reads.
        """
        if self.read is None:
            return DrawnBatches(self.batch, self.seed, side=self.network.height)
        if data is None:
            raise InvalidRequest("this recipe learns from a data set: say where it is with --data PATH")
        return Epochs(self.read(data, "train"), self.batch, self.seed)


DIGITS = Recipe(
    network=UNetConfig(channels=1, height=28, width=28, widths=(48, 96), blocks=2, heads=4, classes=10),
    read=read_digits,
    classes=tuple("0123456789"),
    vocabulary=None,
    steps=15_000,
    batch=128,
    learning_rate=2e-3,
    warmup=200,
    ema=0.999,
)

PAINTER = Recipe(
    network=UNetConfig(
        channels=3,
        height=32,
        width=32,
        widths=(64, 128),
        blocks=1,
        heads=4,
        attention_levels=(1,),
        text=TextConfig(tokens=VOCABULARY.size, positions=MAX_WORDS, width=96, layers=2, heads=4),
    ),
    read=None,
    classes=(),
    vocabulary=VOCABULARY,
    steps=12_000,
    batch=64,
    learning_rate=2e-3,
    warmup=200,
    ema=0.999,
    sharpening=Sharpening(
        weight=2.0, poor_share=0.25, share=0.125, learning_rate=3e-4, kernel_rate=3e-3, warmup=50
    ),
    contrast=Contrast(
        rounds=2,
        weight=1.0,
        count=8_000,
        setting=Setting("dpm_solver_pp", steps=12, guidance=1.0, grid="half_rho7"),
        share=0.075,
        learning_rate=3e-4,
        kernel_rate=3e-3,
        warmup=20,
        ema=0.99,
    ),
)

# Photographs vary far more than digits: ten million parameters, as many as still run live on a CPU, and
# about 370 passes over the data. Batch and steps are chosen for 25 minutes of one data-centre GPU of 2023 at
# an estimated 25 steps a second. The average looks back over some 2,000 steps; a decay of 0.9999 would not
# be reached before the end, as the decay rises with the steps (`Trainer`).
PHOTOS = Recipe(
    network=UNetConfig(channels=3, height=32, width=32, widths=(128, 224), blocks=2, heads=4, classes=10),
    read=read_photos,
    classes=CLASSES,
    vocabulary=None,
    steps=36_000,
    batch=512,
    learning_rate=1e-3,
    warmup=1_000,
    ema=0.9995,
    mirror=True,
    precision="bfloat16",
    compiled=True,
    keep_every=2_000,
)

# The same pictures in four times as many pixels, by the same stages. A third level keeps self-attention where
# there are 8 by 8 features. Its other numbers are the painter's, and have not been tried.
PAINTER_64 = dataclasses.replace(
    PAINTER,
    network=dataclasses.replace(
        PAINTER.network, height=64, width=64, widths=(64, 128, 192), attention_levels=(2,)
    ),
)

RECIPES = {"digits": DIGITS, "painter": PAINTER, "painter64": PAINTER_64, "photos": PHOTOS}
