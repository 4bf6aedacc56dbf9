"""What pictures show and what they are asked to show, as numbers: a column for each aspect of a picture.

A digit has one aspect, its class. A landscape has seven, its attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Int, UInt8
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_images

Aspects = Mapping[str, int]
"""The name of each aspect, in the order of the columns, and how many values it has."""

UNSAID = -1
"""Stands for the value of an aspect that is left open."""


@dataclass(frozen=True)
class Known:
    """Pictures of which it is known what they show.

    Args:
        pixels: uint8, 0 to 255.
        shown: the value of each aspect.
    """

    pixels: UInt8[Tensor, IMAGES]
    shown: Int[Tensor, "batch aspect"]

    def __len__(self) -> int:
        return len(self.shown)

    def chosen(self, index: Int[Tensor, " chosen"]) -> Known:
        """Return some of the pictures, in the order given."""
        return Known(self.pixels[index], self.shown[index])

    def scaled(self, index: Int[Tensor, " chosen"]) -> Tensor:
        """Return the chosen pictures as single-precision numbers in [-1, 1]."""
        return as_images(self.pixels[index])


@dataclass(frozen=True)
class Asked:
    """What pictures to come are asked to show.

    Args:
        condition: as the network is told: class indices or rows of tokens.
        shown: the value of each aspect; `UNSAID` where it is left open.
    """

    condition: Int[Tensor, "batch ..."]
    shown: Int[Tensor, "batch aspect"]

    def __len__(self) -> int:
        return len(self.shown)

    def first(self, count: int) -> Asked:
        """Return what the first pictures are asked to show."""
        return Asked(self.condition[:count], self.shown[:count])
