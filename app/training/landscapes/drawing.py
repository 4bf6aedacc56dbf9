"""From a scene to its picture: sky, what stands in it, terrain, thing, weather, in this order.

Each layer has a random generator of its own, so that changing one attribute of a scene leaves the shapes of
the others where they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.training.landscapes.canvas import PICTURE, SIDE, Canvas
from app.training.landscapes.colours import jittered
from app.training.landscapes.figures import Spot
from app.training.landscapes.palettes import PAINTS, palette_of
from app.training.landscapes.scene import NONE, Scene
from app.training.landscapes.skies import SKIES
from app.training.landscapes.terrains import CEILINGS, TERRAINS
from app.training.landscapes.things import draw_island, draw_thing
from app.training.landscapes.weather import WEATHERS

MIDDLES = {"left": (26.0, 42.0), "right": (86.0, 102.0)}
"""Where the centre of a thing on either side may stand, in canvas pixels from the left edge."""


def draw(
    scene: Scene, generator: np.random.Generator, *, twice: bool = False, side: int = PICTURE
) -> NDArray[np.uint8]:
    """Draw a picture of a scene.

    Args:
        scene: what it shows.
        generator: decides everything that the scene leaves open; equal states give equal pictures.
        twice: whether the thing stands on the other side as well, as in no picture of training.
        side: width and height of the picture, a multiple of 32; what it shows is the same.

    Returns:
        Pixels of shape (side, side, 3).

    Raises:
        ValueError: the side is no multiple of 32.
    """
    if side < PICTURE or side % PICTURE:
        raise ValueError(f"pictures are {PICTURE} pixels wide, or a multiple of it, got {side}")
    layers = [np.random.default_rng(seed) for seed in generator.integers(2**63, size=6)]
    colours, places, sky, terrain, thing, weather = layers
    palette = palette_of(scene.time, colours)
    stands = [_place(where, places) for where in _sides(scene, twice)]
    thing_x = stands[0][0] if stands else None
    canvas = Canvas(palette, CEILINGS[scene.terrain], thing_x, side // PICTURE)
    SKIES[scene.sky](canvas, sky)
    TERRAINS[scene.terrain](canvas, terrain)
    for x, foot, scale in stands:
        lit_from = 1 if (SIDE / 2 if canvas.light is None else canvas.light[0]) > x else -1
        spot = Spot(x, foot, scale, lit_from)
        if scene.terrain == "sea" and scene.thing != "boat":
            draw_island(canvas, spot, thing)
        (paint,) = jittered([PAINTS[scene.time][scene.colour]], thing, 3)
        draw_thing(canvas, scene.thing, paint, spot, thing)
    WEATHERS[scene.weather](canvas, weather)
    return canvas.picture()


def _sides(scene: Scene, twice: bool) -> list[str]:
    """Say on which sides the thing stands."""
    if scene.thing == NONE:
        return []
    return [scene.side, *(side for side in MIDDLES if side != scene.side)] if twice else [scene.side]


def _place(side: str, places: np.random.Generator) -> tuple[float, float, float]:
    """Choose the centre, the foot and the scale of a thing on one side."""
    share, foot, scale = places.uniform((0, 108, 0.94), (1, 117, 1.06))
    left, right = MIDDLES[side]
    return left + share * (right - left), foot, scale
