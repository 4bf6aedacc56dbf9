"""The thing in the foreground, a function for each value; its paint is the scene's colour.

What is not paint (roofs, trunks, blades) has neutral colours, so that the paint is never in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.training.landscapes.canvas import Canvas
from app.training.landscapes.colours import Colour, darker, lighter, mix
from app.training.landscapes.figures import Figure, Spot, box, disc, taper
from app.training.landscapes.palettes import Palette

Builder = Callable[[Colour, Palette, np.random.Generator], Figure]

SHADE = 0.24
"""Share of black in the side of a thing that is away from the light."""

CREAM: Colour = (244, 234, 212)


def house(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build walls under a dark gable roof, with a door and a window."""
    roof, half = palette.neutral, generator.uniform(18, 20)
    wall, ridge = generator.uniform(24, 27), generator.uniform(39, 43)
    gable = [(-half - 4, wall - 2), (half + 4, wall - 2), (0.0, ridge)]
    window = palette.window
    return Figure(
        solid=[(box(-half, 0, 2 * half, wall), paint), (gable, roof)],
        details=[
            (box(-half, 0, half * 0.35, wall - 2), darker(paint, SHADE)),
            ([(-half - 4, wall - 2), (0.0, wall - 2), (0.0, ridge)], darker(roof, 0.25)),
            (box(-9, 0, 8, 14), darker(palette.timber, 0.35)),
            (box(2.5, 7, 11, 11), darker(palette.timber, 0.35)),
            (box(4, 8.5, 8, 8), window),
        ],
    )


def tree(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build a big round crown on a trunk."""
    middle, radius = generator.uniform(29, 32), generator.uniform(15, 17)
    lean = generator.uniform(-2, 2)
    side_low = generator.uniform(-6, -3)
    return Figure(
        solid=[
            (taper(9, 7, 0, 18), palette.timber),
            (disc(-9 + lean, middle + side_low, radius * 0.66), darker(paint, SHADE)),
            (disc(9 + lean, middle + side_low, radius * 0.66), paint),
            (disc(lean, middle, radius), paint),
        ],
        details=[
            (disc(-5 + lean, middle - 6, radius * 0.72, 0.7), darker(paint, SHADE)),
            (disc(2 + lean, middle + 1, radius * 0.82), paint),
            (disc(5 + lean, middle + 6, radius * 0.4, 0.7), lighter(paint, 0.28)),
        ],
    )


def boat(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build a hull with a mast between two sails."""
    half, mast = generator.uniform(21, 24), generator.uniform(46, 50)
    hull = [(-half, 13.0), (half, 13.0), (half - 8, 0.0), (-half + 7, 0.0)]
    main = [(-3.0, 16.0), (-3.0, mast - 2), (-half + 2, 16.0)]
    jib = [(3.0, 16.0), (3.0, mast - 6), (half - 3, 16.0)]
    return Figure(
        solid=[
            (box(-1.5, 10, 3, mast - 10), palette.timber),
            (hull, paint),
            (main, darker(paint, SHADE * 0.6)),
            (jib, lighter(paint, 0.1)),
        ],
        details=[
            ([(-half, 13.0), (half, 13.0), (half - 2, 10.0), (-half + 2, 10.0)], lighter(paint, 0.3)),
            ([(-half + 5, 4.0), (half - 6, 4.0), (half - 8, 0.0), (-half + 7, 0.0)], darker(paint, 0.4)),
        ],
    )


def cactus(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build a saguaro: a ribbed column with an arm on either side."""
    height = generator.uniform(44, 50)
    low, high = sorted(generator.uniform(14, 24, 2), reverse=bool(generator.random() < 0.5))
    parts = [(_stem(0, 0, height, 13), paint)]
    for sign, level in ((-1, float(low)), (1, float(high))):
        tip = level + generator.uniform(15, 19)
        parts.append((box(min(0.0, sign * 19.0), level, 19, 9), paint))
        parts.append((_stem(sign * 16, level, tip, 10), paint))
    shade = darker(paint, SHADE)
    return Figure(
        solid=parts,
        details=[
            (box(-6.5, 0, 4, height - 5), shade),
            (box(-20.5, float(low) + 2, 3, 12), shade),
            (box(1.5, 3, 2.5, height - 10), mix(paint, shade, 0.6)),
        ],
    )


def lighthouse(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build a tall tapered tower, banded in two shades of its paint, with a lantern under a dark cap."""
    tall = generator.uniform(37, 41)
    bottom, top = generator.uniform(20, 23), generator.uniform(12, 14)
    lantern = mix(palette.window, (255, 236, 140), 0.7)
    shape = taper(bottom, top, 0, tall)
    bands = []
    for low in (tall * 0.2, tall * 0.6):
        narrow = bottom + (top - bottom) * low / tall
        narrower = bottom + (top - bottom) * (low + tall * 0.2) / tall
        bands.append((taper(narrow, narrower, low, low + tall * 0.2), darker(paint, 0.3)))
    return Figure(
        solid=[
            (shape, paint),
            (taper(top + 6, top + 6, tall, tall + 3), palette.neutral),
            (box(-4.5, tall + 3, 9, 7), lantern),
            ([(-7.0, tall + 10), (7.0, tall + 10), (0.0, tall + 15)], palette.neutral),
        ],
        details=[
            *bands,
            ([shape[0], (-bottom / 2 + 4, 0.0), (-top / 2 + 3, tall), shape[3]], darker(paint, SHADE + 0.1)),
        ],
    )


def windmill(paint: Colour, palette: Palette, generator: np.random.Generator) -> Figure:
    """Build a tapered tower with a dark cap and four blades."""
    hub, length = generator.uniform(32, 35), generator.uniform(22.5, 24)
    shape = taper(25, 15, 0, hub - 2)
    tilt = generator.uniform(0.25, 0.55)
    first = tilt if generator.random() < 0.5 else np.pi / 2 - tilt
    sail = mix(CREAM, palette.neutral, 0.15)
    blades = [(_blade(hub, length, first + turn * np.pi / 2), sail) for turn in range(4)]
    return Figure(
        solid=[(shape, paint), (disc(0, hub - 1, 8, 0.9), palette.neutral), *blades],
        details=[
            ([shape[0], (-8.5, 0.0), (-5.5, hub - 12), (-9.0, hub - 12)], darker(paint, SHADE)),
            (box(-3, 0, 6, 8), darker(palette.timber, 0.35)),
            (disc(0, hub, 3), palette.outline),
        ],
    )


THINGS: Mapping[str, Builder] = {
    "house": house,
    "tree": tree,
    "boat": boat,
    "cactus": cactus,
    "lighthouse": lighthouse,
    "windmill": windmill,
}


def draw_thing(canvas: Canvas, thing: str, paint: Colour, spot: Spot, generator: np.random.Generator) -> None:
    """Put a thing down with its shadow."""
    canvas.ellipse(spot.x - spot.lit_from * 4, spot.foot, 46 * spot.scale, 7, _shadow(canvas, spot))
    THINGS[thing](paint, canvas.palette, generator).paint(canvas, spot)


def draw_island(canvas: Canvas, spot: Spot, generator: np.random.Generator) -> None:
    """Raise a rock out of the water for a thing to stand on."""
    rock = lighter(mix(canvas.palette.rock, canvas.palette.timber, 0.4), 0.12)
    half = generator.uniform(27, 31) * spot.scale
    top = spot.foot - 1
    edge = [(-1.0, 11.0), (-0.84, 2.0), (-0.6, -2.0), (0.6, -2.0), (0.86, 3.0), (1.0, 11.0)]
    outline = [(spot.x + half * x, top + y) for x, y in edge]
    canvas.polygon(outline, rock)
    canvas.polygon([(x, max(y, top + 6)) for x, y in outline], darker(rock, 0.3))
    canvas.box(round(spot.x - half), round(top + 11), round(2 * half), 2, canvas.palette.glint)


def _shadow(canvas: Canvas, spot: Spot) -> Colour:
    return darker(canvas.colour_at(spot.x, spot.foot + 2), 0.35)


def _stem(x: float, bottom: float, top: float, width: float) -> list[tuple[float, float]]:
    half = width / 2
    crown = disc(x, top - half, half)
    return [(x - half, bottom), (x + half, bottom), *crown[:8]]


def _blade(hub: float, length: float, angle: float) -> list[tuple[float, float]]:
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    corners = [
        along * 2 - across,
        along * 2 + across * 1.5,
        along * length + across * 4,
        along * length - across * 2.5,
    ]
    return [(float(x), hub + float(y)) for x, y in corners]
