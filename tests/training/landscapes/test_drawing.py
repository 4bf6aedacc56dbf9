from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import islice, product

import numpy as np
import pytest
from PIL import Image

from app.training.landscapes.counting import counted
from app.training.landscapes.drawing import draw
from app.training.landscapes.drawings import any_numbered
from app.training.landscapes.prompts import seen_prompts
from app.training.landscapes.scene import (
    ATTRIBUTES,
    COLOURS,
    NONE,
    SIDES,
    SKIES,
    TERRAINS,
    THINGS,
    TIMES,
    WEATHERS,
    Scene,
    any_scene,
)
from app.training.landscapes.stream import numbered

HOUSE = Scene("day", "hills", "sun", NONE, "house", "red", "left")

EACH_CHANGE = [
    (name, value)
    for name, values in ATTRIBUTES.items()
    for value in values
    if value != getattr(HOUSE, name) and (value != NONE or name == "weather")
]


def picture(scene: Scene, seed: int = 0) -> np.ndarray:
    return draw(scene, np.random.default_rng(seed))


def without_thing(scene: Scene) -> Scene:
    return replace(scene, thing=NONE, colour=NONE, side=NONE)


def change_where(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Share of the whole difference that each pixel has."""
    difference = np.abs(one.astype(float) - other.astype(float)).sum(axis=-1)
    return np.asarray(difference / difference.sum())


def test_a_picture_is_32_by_32_bytes_of_colour() -> None:
    pixels = picture(HOUSE)
    assert pixels.shape == (32, 32, 3)
    assert pixels.dtype == np.uint8


def test_equal_generator_states_give_equal_bytes() -> None:
    scenes = [any_scene(np.random.default_rng(seed)) for seed in range(20)]
    for scene in scenes:
        assert picture(scene, 7).tobytes() == picture(scene, 7).tobytes()


def test_no_two_pictures_of_a_scene_are_alike() -> None:
    generator = np.random.default_rng(0)
    assert len({draw(HOUSE, generator).tobytes() for _ in range(50)}) == 50


@pytest.mark.parametrize(("name", "value"), EACH_CHANGE)
def test_each_attribute_shows(name: str, value: str) -> None:
    before, after = picture(HOUSE), picture(replace(HOUSE, **{name: value}))
    assert (np.abs(before.astype(int) - after.astype(int)).max(axis=-1) > 24).sum() >= 12


@pytest.mark.parametrize("time", TIMES)
def test_combinations_of_every_kind_can_be_drawn(time: str) -> None:
    generator = np.random.default_rng(0)
    every_third = islice(product(TERRAINS, SKIES, WEATHERS, THINGS), TIMES.index(time) % 3, None, 3)
    for index, (terrain, sky, weather, thing) in enumerate(every_third):
        colour = NONE if thing == NONE else COLOURS[index % 4]
        side = NONE if thing == NONE else SIDES[index // 4 % 2]
        pixels = draw(Scene(time, terrain, sky, weather, thing, colour, side), generator)
        assert pixels.std() > 5


@pytest.mark.parametrize("thing", THINGS[:-1])
@pytest.mark.parametrize("side", SIDES)
def test_a_thing_stands_in_the_foreground_of_its_side(thing: str, side: str) -> None:
    low, high = {"left": (5.5, 11.5), "right": (20.5, 26.5)}[side]
    for seed in range(10):
        scene = Scene("day", "meadow", "clear", NONE, thing, "red", side)
        share = change_where(picture(scene, seed), picture(without_thing(scene), seed))
        column, row = share.sum(axis=0) @ np.arange(32), share.sum(axis=1) @ np.arange(32)
        assert low <= column <= high
        assert 16 <= row <= 27


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("thing", THINGS[:-1])
def test_the_paint_keeps_its_name_at_every_time(colour: str, time: str, thing: str) -> None:
    scene = Scene(time, "hills", "clear", NONE, thing, colour, "left")
    with_thing, bare = picture(scene), picture(without_thing(scene))
    painted = (change_where(with_thing, bare) > 1e-3) & paint_like(with_thing, colour)
    assert painted.sum() >= 8


def paint_like(pixels: np.ndarray, colour: str) -> np.ndarray:
    red, green, blue = np.moveaxis(pixels.astype(int), -1, 0)
    rules = {
        "red": (red > 110) & (red > 1.8 * green) & (red > 1.8 * blue),
        "blue": (blue > 110) & (blue > 1.35 * green) & (blue > 1.5 * red),
        "white": (np.minimum(np.minimum(red, green), blue) > 135)
        & (np.ptp(np.stack([red, green, blue]), axis=0) < 40),
        "yellow": (red > 120) & (green > 0.68 * red) & (green < 1.02 * red) & (blue < 0.62 * green),
    }
    return np.asarray(rules[colour])


@pytest.mark.parametrize("sky", ["sun", "moon"])
@pytest.mark.parametrize("terrain", TERRAINS)
def test_neither_terrain_nor_thing_hides_a_disc(sky: str, terrain: str) -> None:
    for seed in range(12):
        scene = Scene("night", terrain, sky, NONE, "windmill", "blue", SIDES[seed % 2])
        sky_shown = picture(scene, seed)[:16].astype(int)
        bare = picture(replace(scene, sky="clear"), seed)[:16].astype(int)
        assert (np.abs(sky_shown - bare).max(axis=-1) > 120).sum() >= 12


def test_dawns_and_sunsets_come_light_and_dark_but_never_as_dark_as_nights() -> None:
    means = {
        time: [
            picture(replace(without_thing(HOUSE), time=time, sky="clear"), seed).mean() for seed in range(60)
        ]
        for time in TIMES
    }
    spread = {time: max(some) - min(some) for time, some in means.items()}
    assert min(spread["dawn"], spread["sunset"]) > 2 * max(spread["day"], spread["night"])
    assert min(means["dawn"] + means["sunset"]) > max(means["night"])


def test_snow_falls_on_the_ground_too() -> None:
    falling = replace(HOUSE, weather="snowfall")
    changed = np.abs(picture(falling).astype(int) - picture(HOUSE).astype(int)).max(axis=-1) > 24
    assert all(changed[rows : rows + 8].sum() >= 12 for rows in range(0, 32, 8))


def test_pictures_of_32_pixels_are_drawn_as_those_that_the_painter_learnt_from() -> None:
    digest = hashlib.sha256()
    for number in range(100):
        for _, pixels in (numbered(1, number), any_numbered(1_000_000, number), counted(1_000_008)(number)):
            digest.update(pixels.numpy().tobytes())
    digest.update(seen_prompts(20).drawn.numpy().tobytes())
    assert digest.hexdigest().startswith("f3d33bbfae645f80")


@pytest.mark.parametrize("zoom", [2, 3])
def test_a_larger_picture_shows_the_same_more_finely(zoom: int) -> None:
    generator = np.random.default_rng(5)
    for seed in range(24):
        scene = any_scene(generator)
        fine = draw(scene, np.random.default_rng(seed), side=32 * zoom)
        assert fine.shape == (32 * zoom, 32 * zoom, 3)
        coarse = np.asarray(Image.fromarray(fine).reduce(zoom)).astype(int)
        difference = np.abs(coarse - picture(scene, seed).astype(int))
        assert difference.mean() < 4, scene
        other = np.abs(coarse - picture(scene, seed + 1).astype(int))
        assert difference.mean() < other.mean() / 2, scene
        blocks = fine.reshape(32, zoom, 32, zoom, 3)
        assert (blocks != blocks[:, :1, :, :1]).any(), "more than the small picture enlarged"


@pytest.mark.parametrize("side", [0, 16, 33, 48, -32])
def test_a_side_that_is_no_multiple_of_32_is_refused(side: int) -> None:
    with pytest.raises(ValueError, match="32 pixels wide, or a multiple"):
        draw(HOUSE, np.random.default_rng(0), side=side)
