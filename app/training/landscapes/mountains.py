"""The mountains: two ranges of jagged peaks, each with a lit flank and one in shadow."""

from __future__ import annotations

import numpy as np

from app.training.landscapes.canvas import SIDE, Canvas, Point
from app.training.landscapes.colours import Colour, darker, lighter, mix
from app.training.landscapes.ridges import wavy


def draw_mountains(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw two ranges of jagged peaks, snow on the far and higher one, above dark foothills."""
    palette = canvas.palette
    far, near = mix(palette.rock, palette.haze, 0.35), palette.rock
    for x, top in _peaks(generator, 4, 38, 54):
        _peak(canvas, generator, (x, top), far, capped=True)
    for x, top in _peaks(generator, 4, 66, 80):
        _peak(canvas, generator, (x, top), darker(near, 0.18), capped=False)
    foot = mix(darker(palette.grass, 0.25), palette.rock, 0.4)
    canvas.ground(wavy(generator, 102, 2), foot)
    canvas.ground(wavy(generator, 112, 3), darker(foot, 0.15))


def _peaks(generator: np.random.Generator, count: int, highest: float, lowest: float) -> list[Point]:
    """Spread peaks over the width, the highest first: later ones stand in front."""
    room = SIDE / count
    places = (np.arange(count) + generator.uniform(0.15, 0.85, count)) * room
    tops = generator.uniform(highest + 2, lowest, count)
    tops[int(generator.integers(count))] = highest
    return sorted(((float(x), float(y)) for x, y in zip(places, tops, strict=True)), key=lambda peak: peak[1])


def _peak(canvas: Canvas, generator: np.random.Generator, tip: Point, colour: Colour, capped: bool) -> None:
    (x, y), base = tip, 112.0
    left, right = generator.uniform(0.55, 0.8, 2) * (base - y)
    canvas.polygon([(x - left, base), tip, (x + right, base)], lighter(colour, 0.14))
    spine = [(x, y), (x + 4, y + 12), (x - 2, y + 24), (x + 7, base)]
    canvas.polygon([*spine, (x + right, base)], darker(colour, 0.22))
    if not capped:
        return
    deep = generator.uniform(13, 18)
    down_left, down_right = left * deep / (base - y), right * deep / (base - y)
    teeth = [(x - down_left, y + deep), (x - down_left / 2, y + deep - 4), (x, y + deep + 2)]
    cap = canvas.palette.cap
    canvas.polygon([tip, *teeth, (x + down_right / 2, y + deep - 4), (x + down_right, y + deep)], cap)
    canvas.polygon(
        [tip, (x + 2, y + deep), (x + down_right / 2, y + deep - 4), (x + down_right, y + deep)],
        mix(cap, colour, 0.35),
    )
