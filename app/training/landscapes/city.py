"""The city: two rows of buildings with windows, and a street in front."""

from __future__ import annotations

import numpy as np

from app.training.landscapes.canvas import CELL, PICTURE, Canvas
from app.training.landscapes.colours import Colour, darker, lighter, mix

KERB = 25
"""Row of picture pixels where the street begins."""


def draw_city(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw a skyline on the grid of picture pixels, so that every window is a crisp dot."""
    palette = canvas.palette
    far = mix(palette.building, palette.haze, 0.5)
    for left, width, top in _lots(generator, 10, 17):
        _box(canvas, left, width, top, far)
    for left, width, top in _lots(generator, 13, 20):
        colour = darker(palette.building, float(generator.uniform(0.0, 0.25)))
        _box(canvas, left, width, top, colour)
        _windows(canvas, generator, (left, width, top), colour)
    _street(canvas)


def _lots(generator: np.random.Generator, highest: int, lowest: int) -> list[tuple[int, int, int]]:
    """Divide the width into buildings: (left, width, top) in picture pixels."""
    lots = []
    left = -int(generator.integers(0, 4))
    while left < PICTURE:
        width = int(generator.choice([3, 5, 5, 7]))
        lots.append((left, width, int(generator.integers(highest, lowest + 1))))
        left += width + int(generator.integers(0, 2))
    return lots


def _box(canvas: Canvas, left: int, width: int, top: int, colour: Colour) -> None:
    x, y, wide = left * CELL, top * CELL, width * CELL
    canvas.box(x, y, wide, (KERB - top) * CELL, colour)
    canvas.box(x, y, wide, 2, lighter(colour, 0.25))
    canvas.box(x + wide - CELL, y, CELL, (KERB - top) * CELL, darker(colour, 0.18))


def _windows(
    canvas: Canvas, generator: np.random.Generator, lot: tuple[int, int, int], colour: Colour
) -> None:
    left, width, top = lot
    dark = darker(colour, 0.3)
    for row in range(top + 1, KERB - 1, 2):
        for column in range(left + 1, left + width - 1, 2):
            lit = generator.random() < 0.7
            canvas.cell(column, row, canvas.palette.window if lit else dark)


def _street(canvas: Canvas) -> None:
    street = canvas.palette.street
    top = KERB * CELL
    canvas.box(0, top, PICTURE * CELL, PICTURE * CELL - top, street)
    canvas.box(0, top, PICTURE * CELL, CELL, lighter(street, 0.25))
    for column in range(0, PICTURE, 4):
        canvas.box(column * CELL, 30 * CELL, 2 * CELL, 3, lighter(street, 0.45))
