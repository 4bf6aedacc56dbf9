"""The ground of each terrain, a function for each value, painted from the horizon to the bottom edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.training.landscapes.canvas import CELL, SIDE, Canvas, Point
from app.training.landscapes.city import draw_city
from app.training.landscapes.colours import Colour, darker, lighter, mix
from app.training.landscapes.forest import draw_forest
from app.training.landscapes.mountains import draw_mountains
from app.training.landscapes.ridges import flank, rounded, wavy

CEILINGS: Mapping[str, float] = {
    "mountains": 42,
    "hills": 52,
    "desert": 54,
    "sea": 58,
    "snow": 52,
    "forest": 48,
    "city": 42,
    "meadow": 60,
}
"""Height in canvas pixels above which each terrain leaves the sky free, but for a tip or two."""

FLOWERS: tuple[Colour, ...] = (
    (250, 90, 160),
    (255, 224, 70),
    (252, 250, 255),
    (196, 120, 250),
    (248, 70, 70),
)


def draw_hills(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw four rows of round green hills, each with a lit rim."""
    palette = canvas.palette
    rows = ((82, 29, 32, 0.36), (98, 28, 38, 0.16), (113, 26, 46, 0.0))
    for index, (base, height, width, haze) in enumerate(rows):
        colour = mix(darker(palette.grass, 0.14 * index), palette.haze, haze)
        line = rounded(generator, base, height, width, 0.7)
        _rimmed(canvas, line, colour, lighter(colour, 0.22))
    canvas.ground(wavy(generator, 113, 3), lighter(palette.grass, 0.04))


def draw_snow(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw softly rounded white hills with bluish shadows, and a few stones."""
    palette = canvas.palette
    rows = ((84, 30, 40, 0.85), (98, 26, 48, 0.55), (113, 22, 58, 0.25))
    for base, height, width, shade in rows:
        colour = mix(palette.snow, palette.snow_shade, shade)
        line = rounded(generator, base, height, width, 1.3)
        _rimmed(canvas, line, colour, mix(palette.snow, colour, 0.2))
        for index in generator.integers(0, len(line), 2):
            x, y = line[index]
            canvas.cell(int(x) // CELL, int(y) // CELL + 1, mix(palette.neutral, palette.snow_shade, 0.45))
    canvas.ground(wavy(generator, 112, 2), palette.snow)


def draw_desert(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw dunes, one side of each lit and the other in shadow, on flat sand."""
    sand, haze = canvas.palette.sand, canvas.palette.haze
    lean = 1 if generator.random() < 0.5 else -1
    canvas.ground([(0, 72), (SIDE, 72)], mix(sand, haze, 0.3))
    for base, top, count, distance in ((88, 60, 2, 0.22), (106, 76, 2, 0.04)):
        colour = mix(sand, haze, distance)
        canvas.ground([(0, base - 4), (SIDE, base - 4)], colour)
        start = generator.uniform(0, SIDE / count)
        for index in range(count):
            x = start + SIDE / count * (index + generator.uniform(-0.15, 0.15))
            _dune(canvas, (x, top + generator.uniform(0, 7)), base, lean, colour)
    canvas.ground(wavy(generator, 104, 3), lighter(sand, 0.06))
    for y in generator.uniform(110, 126, 3):
        line = wavy(generator, float(y), 2)
        canvas.pen.line(line[int(generator.integers(0, 15)) :][:12], darker(sand, 0.12), width=2)


def draw_sea(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw water to the bottom edge, with streaks of light, thickest below the sun or the moon."""
    palette = canvas.palette
    horizon = CELL * int(generator.integers(15, 18))
    bands = 8
    for index in range(bands):
        top = horizon + (SIDE - horizon) * (index / bands) ** 1.3
        near = mix(palette.water, palette.sky[3], 0.45 * (1 - index / (bands - 1)) ** 2)
        canvas.box(0, round(top), SIDE, SIDE, near)
    _streaks(canvas, generator, horizon, 26, (0, SIDE), palette.glint)
    if canvas.light is not None:
        span = (canvas.light[0] - 12, canvas.light[0] + 12)
        _streaks(canvas, generator, horizon, 16, span, lighter(palette.glint, 0.4))


def draw_meadow(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw flat grass below a straight horizon, full of flowers."""
    grass, haze = canvas.palette.grass, canvas.palette.haze
    horizon = CELL * int(generator.integers(16, 19))
    for index in range(6):
        top = horizon + (SIDE - horizon) * (index / 6) ** 1.4
        canvas.box(0, round(top), SIDE, SIDE, mix(lighter(grass, 0.1), haze, 0.35 - 0.07 * index))
    rows = generator.integers(horizon // CELL + 1, SIDE // CELL, 64)
    columns = generator.integers(0, SIDE // CELL, 64)
    dim = 0.0 if sum(grass) > 300 else 0.22
    for row, column, kind in zip(rows, columns, generator.integers(0, len(FLOWERS), 64), strict=True):
        flower = mix(FLOWERS[kind], grass, dim)
        canvas.cell(int(column), int(row), flower)


TERRAINS: Mapping[str, Callable[[Canvas, np.random.Generator], None]] = {
    "mountains": draw_mountains,
    "hills": draw_hills,
    "desert": draw_desert,
    "sea": draw_sea,
    "snow": draw_snow,
    "forest": draw_forest,
    "city": draw_city,
    "meadow": draw_meadow,
}


def _rimmed(canvas: Canvas, line: list[Point], colour: Colour, rim: Colour) -> None:
    canvas.ground(line, rim)
    canvas.ground([(x, y + 3.5) for x, y in line], colour)


def _dune(canvas: Canvas, crest: Point, base: float, lean: int, colour: Colour) -> None:
    x = crest[0]
    windward = flank((x - lean * 70, base), crest)
    lee = flank(crest, (x + lean * 46, base))
    fold = flank(crest, (x - lean * 14, base))
    canvas.polygon([*windward, *lee], lighter(colour, 0.16))
    canvas.polygon([*fold, *reversed(lee)], darker(colour, 0.16))


def _streaks(
    canvas: Canvas,
    generator: np.random.Generator,
    horizon: int,
    count: int,
    span: tuple[float, float],
    colour: Colour,
) -> None:
    """Draw short level lines, longer towards the bottom edge."""
    near = generator.uniform(0, 1, count) ** 1.2
    for share, x in zip(near, generator.uniform(*span, count), strict=True):
        row = int((horizon + 2 + share * (SIDE - horizon - 6)) // CELL)
        length = round(6 + 10 * share + generator.uniform(0, 6))
        strength = generator.uniform(0.5, 1.0)
        canvas.box(round(x) - length // 2, row * CELL, length, 3, mix(canvas.palette.water, colour, strength))
