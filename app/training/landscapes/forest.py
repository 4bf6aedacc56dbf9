"""The forest: rows of firs, paler with distance, behind a clearing."""

from __future__ import annotations

import numpy as np

from app.training.landscapes.canvas import SIDE, Canvas
from app.training.landscapes.colours import Colour, darker, lighter, mix
from app.training.landscapes.ridges import wavy

FIR = ((0.0, 0.0), (0.65, 0.4), (0.3, 0.4), (0.9, 0.75), (0.45, 0.75), (1.1, 1.1), (0.0, 1.1))
"""Half of a fir's outline from the tip down: share of its half width, share of its height."""


def draw_forest(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw three rows of conifers behind a green clearing."""
    palette = canvas.palette
    for base, height, distance in ((84, 30, 0.42), (94, 34, 0.2), (104, 36, 0.0)):
        colour = mix(palette.conifer, palette.haze, distance)
        _conifers(canvas, generator, base, height, colour)
    ground = mix(palette.grass, palette.conifer, 0.25)
    canvas.ground(wavy(generator, 102, 2), darker(ground, 0.18))
    canvas.ground(wavy(generator, 110, 2), ground)


def _conifers(
    canvas: Canvas, generator: np.random.Generator, base: float, height: float, colour: Colour
) -> None:
    """Draw a row of firs of three tiers, shaded on the right."""
    lit, shade = lighter(colour, 0.1), darker(colour, 0.16)
    x = -generator.uniform(0, 8)
    while x < SIDE + 8:
        tall = height * generator.uniform(0.75, 1.05)
        wide, top = tall * 0.3, base - tall
        edge = [(wide * across, top + tall * down) for across, down in FIR]
        canvas.polygon([(x - dx, y) for dx, y in edge], lit)
        canvas.polygon([(x + dx, y) for dx, y in edge], shade)
        x += wide * generator.uniform(1.25, 1.8)
    canvas.ground([(0, base), (SIDE, base)], darker(colour, 0.1))
