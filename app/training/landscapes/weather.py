"""What falls or drifts in front of everything, a function for each value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.training.landscapes.canvas import CELL, PICTURE, SIDE, Canvas
from app.training.landscapes.colours import mix

CLEAR_OF_DISC = 17
"""Canvas pixels about the centre of the sun or the moon in which no flake falls."""


def draw_snowfall(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw soft white flakes all over the picture, but not across the sun or the moon."""
    count = int(generator.integers(50, 64))
    sheet, pen = canvas.mask()
    for x, y, size in generator.uniform((0, 0, 3.6), (SIDE, SIDE, 5.2), (count, 3)):
        if canvas.light is None or np.hypot(x - canvas.light[0], y - canvas.light[1]) > CLEAR_OF_DISC:
            pen.ellipse((x, y, x + size, y + size), 245)
    canvas.blend(canvas.palette.flake, sheet)


def draw_rain(canvas: Canvas, generator: np.random.Generator) -> None:
    """Dull the scene and draw slanted strokes all over it."""
    rain = canvas.palette.rain
    grey = mix(rain, (128, 132, 144), 0.5)
    canvas.veil(grey, np.full((PICTURE, PICTURE), 0.2))
    lean = generator.uniform(0.3, 0.5)
    sheet, pen = canvas.mask()
    count = int(generator.integers(36, 46))
    for x, y, length in generator.uniform((0, -16, 18), (SIDE + 16, SIDE, 28), (count, 3)):
        pen.line([(x, y), (x - lean * length, y + length)], 210, width=3)
    canvas.blend(rain, sheet)


def draw_fog(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw pale level bands, dense over the lower half, thin over the sky and round the thing."""
    rows, columns = np.arange(PICTURE)[:, None], np.arange(PICTURE)[None, :]
    opacity = 0.08 + 0.24 * np.clip((rows - 7) / 9, 0, 1)
    for middle in np.array([15, 19.5, 24, 28.5]) + generator.uniform(-1, 1, 4):
        wave = generator.uniform(0.4, 1.1) * np.sin(
            columns * generator.uniform(0.15, 0.3) + generator.uniform(0, 6)
        )
        distance = (rows - middle - wave) / generator.uniform(0.9, 1.4)
        opacity = opacity + generator.uniform(0.3, 0.42) * np.exp(-(distance**2))
    opacity = np.clip(opacity, 0, 0.68)
    if canvas.thing_x is not None:
        distance = np.hypot(columns + 0.5 - canvas.thing_x / CELL, (rows - 22) * 0.9)
        opacity = opacity * (1 - 0.6 * np.exp(-((distance / 6.5) ** 2)))
    canvas.veil(canvas.palette.fog, opacity)


def draw_nothing(canvas: Canvas, generator: np.random.Generator) -> None:
    """Leave the air clear."""


WEATHERS: Mapping[str, Callable[[Canvas, np.random.Generator], None]] = {
    "none": draw_nothing,
    "snowfall": draw_snowfall,
    "rain": draw_rain,
    "fog": draw_fog,
}
