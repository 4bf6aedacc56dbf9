"""How a thing is put together: flat parts in its own measures, set down somewhere on the canvas.

A thing's measures are canvas pixels from the middle of its foot, x towards the lit side, y
upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.training.landscapes.canvas import Canvas, Point
from app.training.landscapes.colours import Colour

OUTLINE = 3.0
"""Thickness of the dark line round a thing, in canvas pixels."""


Part = tuple[list[Point], Colour]
"""A polygon and what fills it."""


@dataclass(frozen=True)
class Spot:
    """Where a thing stands, in canvas pixels, how large, and from which side (-1 left, 1 right) it is lit."""

    x: float
    foot: float
    scale: float
    lit_from: int

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Turn a thing's own measures into canvas pixels."""
        return [(self.x + self.lit_from * self.scale * x, self.foot - self.scale * y) for x, y in points]


@dataclass
class Figure:
    """A thing's parts, in the order in which they are painted: solid ones have the outline, details none."""

    solid: list[Part] = field(default_factory=list)
    details: list[Part] = field(default_factory=list)

    def paint(self, canvas: Canvas, spot: Spot) -> None:
        """Paint the outline of everything solid first, then what is inside it."""
        placed = [(spot.place(points), colour) for points, colour in self.solid]
        for points, _ in placed:
            line = [*points, points[0], points[1]]
            canvas.pen.line(line, canvas.palette.outline, width=round(2 * OUTLINE))
        for points, colour in placed:
            canvas.polygon(points, colour)
        for points, colour in self.details:
            canvas.polygon(spot.place(points), colour)


def box(left: float, bottom: float, width: float, height: float) -> list[Point]:
    """Return a rectangle."""
    right, top = left + width, bottom + height
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def disc(x: float, y: float, radius: float, squash: float = 1.0) -> list[Point]:
    """Return a circle, or an ellipse `squash` times as high as wide."""
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    return [
        (x + radius * float(np.cos(angle)), y + radius * squash * float(np.sin(angle))) for angle in angles
    ]


def taper(bottom: float, top: float, low: float, high: float) -> list[Point]:
    """Return a tower's front: `bottom` wide at height `low` and `top` wide at height `high`."""
    return [(-bottom / 2, low), (bottom / 2, low), (top / 2, high), (-top / 2, high)]
