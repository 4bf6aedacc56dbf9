"""Skylines: lines of points from the left edge to the right one, in canvas pixels.

A higher place has a smaller y.
"""

from __future__ import annotations

import numpy as np

from app.training.landscapes.canvas import SIDE, Point

ACROSS = np.arange(-4, SIDE + 8, 4.0)


def rounded(
    generator: np.random.Generator, base: float, height: float, width: float, roundness: float
) -> list[Point]:
    """Return a chain of round humps.

    Args:
        generator: places and sizes the humps.
        base: y of the ground between humps.
        height: of the highest possible hump; all have at least 0.7 of it.
        width: half the width of a hump; the next one stands 1.4 times as far away.
        roundness: of the valleys: 0.5 makes humps like half discs, 1.5 soft waves.
    """
    centres = np.arange(-2 * width, SIDE + 2 * width, width * 1.4) + generator.uniform(0, width)
    centres = centres + generator.uniform(-0.15, 0.15, len(centres)) * width
    heights = height * generator.uniform(0.7, 1.0, len(centres))
    distance = (ACROSS[None, :] - centres[:, None]) / width
    humps = heights[:, None] * np.cos(np.clip(distance, -1, 1) * np.pi / 2) ** roundness
    return [(float(x), float(y)) for x, y in zip(ACROSS, base - humps.max(axis=0), strict=True)]


def wavy(generator: np.random.Generator, base: float, height: float) -> list[Point]:
    """Return a gentle swell of two waves, at most `height` above and below `base`."""
    phases = generator.uniform(0, 2 * np.pi, 2)
    lengths = generator.uniform([110, 50], [170, 80])
    swell = 0.65 * np.sin(ACROSS * 2 * np.pi / lengths[0] + phases[0])
    swell = swell + 0.35 * np.sin(ACROSS * 2 * np.pi / lengths[1] + phases[1])
    return [(float(x), float(y)) for x, y in zip(ACROSS, base + height * swell, strict=True)]


def flank(start: Point, end: Point, points: int = 10) -> list[Point]:
    """Return a smooth slope between two points, level at both ends."""
    share = np.linspace(0, 1, points)
    eased = share * share * (3 - 2 * share)
    xs = start[0] + (end[0] - start[0]) * share
    ys = start[1] + (end[1] - start[1]) * eased
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
