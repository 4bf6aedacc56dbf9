"""Training pictures: read from a file on disk, checked, scaled to [-1, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app.diffusion.pixels import as_images
from app.errors import InvalidRequest


@dataclass(frozen=True)
class Pictures:
    """Pictures as bytes with their classes.

    Args:
        pixels: uint8, 0 to 255.
        labels: class indices.
    """

    pixels: UInt8[Tensor, "batch channel height width"]
    labels: Int[Tensor, " batch"]

    def __len__(self) -> int:
        return len(self.labels)

    def scaled(self, index: Int[Tensor, " batch"]) -> Tensor:
        """Return the chosen pictures as single-precision numbers in [-1, 1]."""
        return as_images(self.pixels[index])


class Batches(Protocol):
    """Where a training run takes its pictures from, a batch a step."""

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1] and their conditions for a step; the same ones for the same step."""


class Epochs:
    """Batches of a data set: each epoch goes once through all pictures, in an order of its own.

    Args:
        pictures: the data set.
        size: pictures a batch.
        seed: of the orders.
    """

    def __init__(self, pictures: Pictures, size: int, seed: int) -> None:
        self._pictures = pictures
        self._size = size
        self._seed = seed

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1] and their class indices."""
        epoch, place = divmod(step, len(self._pictures) // self._size)
        generator = torch.Generator().manual_seed(self._seed + epoch)
        order = torch.randperm(len(self._pictures), generator=generator)
        index = order[place * self._size : (place + 1) * self._size]
        return self._pictures.scaled(index), self._pictures.labels[index]


def read_digits(path: Path, part: str) -> Pictures:
    """Read MNIST from an npz file with x_train, y_train, x_test, y_test.

    Args:
        path: the file.
        part: "train" (60,000 pictures) or "test" (10,000; judges, never trains a generator).

    Raises:
        InvalidRequest: the file is missing or lacks the arrays; the text says how to get it.
    """
    if not path.is_file():
        raise InvalidRequest(
            f"no data at {path}: give MNIST as an npz file with x_train, y_train, x_test, y_test "
            "(as mirrored by many libraries) with --data FILE"
        )
    with np.load(path) as arrays:
        try:
            pixels, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
        except KeyError as error:
            raise InvalidRequest(f"{path} has no array {error}; it has {', '.join(arrays)}") from error
    return Pictures(torch.from_numpy(pixels)[:, None], torch.from_numpy(labels).long())
