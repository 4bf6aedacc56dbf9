"""Batches that show a network its own pictures beside real ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app.diffusion.denoiser import Denoiser
from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_images
from app.diffusion.unet import UNet
from app.training.data import Batches
from app.training.later_stages import Contrast
from app.training.recipes import Recipe
from app.training.samples import Samples


class HalfOwn:
    """Batches whose first half is real, and whose second half the network has made itself.

    Args:
        real: where real pictures come from; a batch of `size` or more.
        pixels: the own pictures.
        conditions: what each of them was asked for.
        size: pictures a batch, the real ones and the own ones together.
        seed: of the choices among the own ones.
    """

    def __init__(
        self,
        real: Batches,
        pixels: UInt8[Tensor, IMAGES],
        conditions: Int[Tensor, "batch ..."],
        size: int,
        seed: int,
    ) -> None:
        self._real = real
        self._pixels = pixels
        self._conditions = conditions
        self._size = size
        self._seed = seed

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1] and their conditions, `size // 2` of them real, the rest own."""
        real, conditions = self._real.batch(step)
        half = self._size // 2
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        index = torch.randint(len(self._pixels), (self._size - half,), generator=generator)
        return (
            torch.cat([real[:half], as_images(self._pixels[index])]),
            torch.cat([conditions[:half], self._conditions[index]]),
        )


def half_own(
    network: UNet,
    real: Batches,
    recipe: Recipe,
    contrast: Contrast,
    first: int,
    folder: Path,
    on_made: Callable[[int, int], None],
) -> HalfOwn:
    """Let a network make pictures, taking up those in `folder`, and return batches that show them.

    Args:
        network: what makes them, on the device that it lies on.
        real: where the real pictures come from, and what the own ones are asked for.
        recipe: of the stage to come.
        contrast: how many they are and how they are sampled.
        first: the step from whose real pictures on conditions are taken.
        folder: for these pictures of this network alone.
        on_made: told how many are made, and of how many, after each network call.
    """
    conditions = _conditions(real, first, contrast.count)
    shape = (recipe.network.channels, recipe.network.height, recipe.network.width)
    denoiser = Denoiser(network, shape, recipe.network.null, t_max=recipe.t_max)
    samples = Samples(contrast.setting, conditions, recipe.seed, folder)
    left, calls = samples.missing_calls(), contrast.setting.calls

    def on_calls(rows: int) -> None:
        nonlocal left
        left -= rows
        on_made(contrast.count - math.ceil(left / calls), contrast.count)

    pixels = samples.obtain(denoiser, next(network.parameters()).device, on_calls)
    return HalfOwn(real, pixels, conditions, recipe.batch, recipe.seed)


def _conditions(batches: Batches, first: int, wanted: int) -> Int[Tensor, "batch ..."]:
    """Return the conditions that real pictures come with from step `first` on, so many."""
    parts: list[Tensor] = []
    while sum(map(len, parts)) < wanted:
        parts.append(batches.batch(first + len(parts))[1])
    return torch.cat(parts)[:wanted]
