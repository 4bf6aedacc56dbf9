"""What stands in the sky, a function for each value: nothing else draws a disc, a star, a cloud or an arc."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.training.landscapes.canvas import CELL, PICTURE, SIDE, Canvas
from app.training.landscapes.colours import Colour, lighter, mix

HIGHEST_THING = 44
"""Above this height, in canvas pixels, no thing reaches: whatever hangs lower keeps away from it."""

RAINBOW: tuple[Colour, ...] = (
    (238, 46, 58),
    (255, 146, 34),
    (255, 230, 60),
    (70, 196, 84),
    (54, 124, 240),
    (142, 72, 206),
)
"""From the outside to the inside."""


def draw_sun(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw one warm disc with its glow."""
    radius = generator.uniform(10.5, 13)
    x, y = _place(canvas, generator, radius)
    palette = canvas.palette
    _halo(canvas, x, y, palette.glow, reach=radius * 2.4, strength=0.85)
    canvas.ellipse(x, y, radius * 2 + 3, radius * 2 + 3, mix(palette.sun, palette.glow, 0.5))
    canvas.ellipse(x, y, radius * 2, radius * 2, palette.sun)
    canvas.light = (x, y)


def draw_moon(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw one pale crescent, open to either side."""
    radius = generator.uniform(12, 14)
    x, y = _place(canvas, generator, radius)
    tilt = generator.uniform(-0.6, 0.6) + (np.pi if generator.random() < 0.5 else 0)
    horn, belly = generator.uniform(1.9, 2.1), generator.uniform(0.0, 0.15)
    along, across = np.linspace(-horn, horn, 18), np.linspace(np.pi / 2, -np.pi / 2, 12)
    outer = np.stack([np.cos(along), np.sin(along)])
    inner = np.stack([np.cos(horn) + (belly - np.cos(horn)) * np.cos(across), np.sin(horn) * np.sin(across)])
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    edge = turn @ np.concatenate([outer, inner], axis=1) * radius
    left, top = x - edge[0].mean(), y - edge[1].mean()
    canvas.polygon([(left + dx, top + dy) for dx, dy in edge.T], canvas.palette.moon)
    canvas.light = (x, y)


def draw_stars(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw two dozen golden picture pixels over the whole sky, half of which sparkle."""
    rows, columns = int(canvas.ceiling) // CELL // 2, PICTURE // 2
    count = int(generator.integers(20, 28))
    chosen = generator.permutation(rows * columns)[:count]
    star = canvas.palette.star
    for index, (row, column) in enumerate(zip(*np.divmod(chosen, columns), strict=True)):
        x = int(column) * 2 + int(generator.integers(2))
        y = int(row) * 2 + int(generator.integers(2))
        if index < count // 2:
            arm = mix(canvas.colour_at(x * CELL, y * CELL), star, 0.5)
            canvas.box(x * CELL - CELL, y * CELL, 3 * CELL, CELL, arm)
            canvas.box(x * CELL, y * CELL - CELL, CELL, 3 * CELL, arm)
        canvas.cell(x, y, star)


def draw_clouds(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw two to four puffy clouds side by side."""
    count = int(generator.integers(2, 5))
    room = SIDE / count
    shift = generator.uniform(0, room)
    for index in range(count):
        width = generator.uniform(0.7, 1.0) * min(room, 44)
        x = (shift + room * (index + generator.uniform(0.4, 0.6))) % SIDE
        x = min(max(x, width * 0.4), SIDE - width * 0.4)
        y = generator.uniform(14, canvas.ceiling - 10)
        _cloud(canvas, generator, x, y, width)


def draw_rainbow(canvas: Canvas, generator: np.random.Generator) -> None:
    """Draw one arc of six colours whose top is near the picture's."""
    radius = generator.uniform(60, 68)
    x, top = SIDE / 2 + generator.uniform(-14, 14), generator.uniform(8, 15)
    width = generator.uniform(3.2, 3.8)
    for index, colour in enumerate(RAINBOW):
        inward = index * width
        box = (x - radius + inward, top + inward, x + radius - inward, top + 2 * radius - inward)
        canvas.pen.arc(box, 165, 375, mix(colour, canvas.palette.sky[2], 0.16), width=5)


def draw_nothing(canvas: Canvas, generator: np.random.Generator) -> None:
    """Leave the gradient as it is."""


SKIES: Mapping[str, Callable[[Canvas, np.random.Generator], None]] = {
    "sun": draw_sun,
    "moon": draw_moon,
    "stars": draw_stars,
    "clouds": draw_clouds,
    "rainbow": draw_rainbow,
    "clear": draw_nothing,
}


def _place(canvas: Canvas, generator: np.random.Generator, radius: float) -> tuple[float, float]:
    """Choose a disc's centre in the free sky: above the terrain and not behind the thing."""
    y = generator.uniform(radius + 5, max(radius + 6, canvas.ceiling - radius + 2))
    x = generator.uniform(radius + 5, SIDE - radius - 5)
    if canvas.thing_x is not None and y + radius > HIGHEST_THING and abs(x - canvas.thing_x) < SIDE * 0.3:
        x = SIDE - x
    return x, y


def _halo(canvas: Canvas, x: float, y: float, colour: Colour, reach: float, strength: float) -> None:
    centres = (np.arange(PICTURE) + 0.5) * CELL
    distance = np.hypot(centres[None, :] - x, centres[:, None] - y)
    canvas.veil(colour, strength * np.exp(-((distance / reach) ** 2)))


def _cloud(canvas: Canvas, generator: np.random.Generator, x: float, y: float, width: float) -> None:
    lit, shade = canvas.palette.cloud, canvas.palette.cloud_shade
    middle = generator.uniform(-0.15, 0.15)
    puffs = [(-0.3, 0.4, 0.0), (0.3, 0.42, 0.0), (middle, 0.56, -0.12), (0.0, 0.5, 0.03)]
    for drop, colour in ((3.5, shade), (0.0, lit), (-2.0, lighter(lit, 0.3))):
        for across, size, up in puffs[: 4 if drop >= 0 else 1]:
            height = size * width * (0.8 if drop >= 0 else 0.5)
            canvas.ellipse(x + across * width, y + up * width + drop, size * width, height, colour)
    canvas.box(round(x - width * 0.4), round(y + width * 0.12), round(width * 0.8), 4, shade)
