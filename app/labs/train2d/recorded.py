"""Trainings recorded by `docs/record_training.py`: what is shown without JavaScript, and printed."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.labs.strip import side_by_side
from app.labs.train2d.options import Train2d
from app.pictures import Pixels

FILE = Path(__file__).parent / "recorded.json"
SIDE = 96
"""Pixels of a drawing of points."""

REACH = 2.5
"""Drawings show the plane from -REACH to REACH."""

DATA, SAMPLE = 200, 0
"""Greys of a point of the data and of a sample, where paper is 255."""


@dataclass(frozen=True)
class Recorded:
    """A training on the ring, or two side by side.

    Attributes:
        labels: what stands below each drawing.
        head: of the table: what its columns are, and then their ten values.
        rows: of the table: a name, and ten numbers.
        data: points to learn from.
        samples: points of the network, of each drawing.
    """

    labels: Sequence[str]
    head: Sequence[str | float]
    rows: Sequence[Sequence[str | float]]
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


def recorded_for(settings: Train2d) -> str:
    """Name the recording that is like a lab's own trainings: `loops` where levels come in order."""
    return "loops" if {"rising", "falling"} & {settings.loop, settings.beside} else "random"


@functools.cache
def recordings() -> Mapping[str, Recorded]:
    """Read a training at random levels, looked at four times, and two of ten updates with levels in order."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: Recorded(**recording) for name, recording in content.items()}


ALT = {
    "random": "Samples of a network that learns eight heaps on a ring: first in one place, then in them.",
    "loops": "Samples of two networks after ten updates: neither has learnt the heaps of the ring yet.",
}
