"""A training recorded by `docs/record_training.py`: what is shown without JavaScript, and printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.labs.strip import side_by_side
from app.pictures import Pixels

SIDE = 96
"""Pixels of a drawing of points."""

REACH = 2.5
"""Drawings show the plane from -REACH to REACH."""

DATA, SAMPLE = 200, 0
"""Greys of a point of the data and of a sample, where paper is 255."""


@dataclass(frozen=True)
class Recorded:
    """A training on the ring with the usual settings.

    Attributes:
        updates: after how many it was looked at.
        levels: t of the ten levels.
        validation: mean squared errors at each of them, a row for each look.
        floor: those of the exact denoiser.
        data: points to learn from.
        samples: points of the network at each look.
    """

    updates: Sequence[int]
    levels: Sequence[float]
    validation: Sequence[Sequence[float]]
    floor: Sequence[float]
    data: Sequence[Sequence[float]]
    samples: Sequence[Sequence[Sequence[float]]]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the drawing, in pixels."""
        height, width, _ = self.drawing().shape
        return height, width

    def drawing(self) -> Pixels:
        """Draw the samples of each look over the data, side by side; black on white."""
        return side_by_side([_plane(self.data, samples) for samples in self.samples])


def _plane(data: Sequence[Sequence[float]], samples: Sequence[Sequence[float]]) -> Pixels:
    """Draw points as dots of 2 by 2 pixels; what lies beyond the edge is left out."""
    sheet = np.full((SIDE, SIDE, 1), 255, np.uint8)
    for points, grey in ((data, DATA), (samples, SAMPLE)):
        for x, y in points:
            column = int((x + REACH) / (2.0 * REACH) * SIDE)
            row = int((REACH - y) / (2.0 * REACH) * SIDE)
            if 0 <= column < SIDE - 1 and 0 <= row < SIDE - 1:
                sheet[row : row + 2, column : column + 2] = grey
    return sheet


def _read(path: Path) -> Recorded:
    return Recorded(**json.loads(path.read_text(encoding="utf-8")))


RECORDED = _read(Path(__file__).parent / "recorded.json")
