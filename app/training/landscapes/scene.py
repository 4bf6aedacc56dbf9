"""What a landscape shows: seven attributes with their values, and which pairs no training picture has.

A scene is the truth behind a picture. The drawing makes pixels of it, the grammar a caption, and the judge
is asked to find it again. Values are written as they are said in a prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

TIMES = ("dawn", "day", "sunset", "night")
TERRAINS = ("mountains", "hills", "desert", "sea", "snow", "forest", "city", "meadow")
SKIES = ("sun", "moon", "stars", "clouds", "rainbow", "clear")
WEATHERS = ("none", "snowfall", "rain", "fog")
THINGS = ("house", "tree", "boat", "cactus", "lighthouse", "windmill", "none")
COLOURS = ("red", "blue", "white", "yellow")
SIDES = ("left", "right")
NONE = "none"

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "time": TIMES,
    "terrain": TERRAINS,
    "sky": SKIES,
    "weather": WEATHERS,
    "thing": THINGS,
    "colour": (*COLOURS, NONE),
    "side": (*SIDES, NONE),
}
"""Every attribute and its values; colour and side are "none" where there is no thing."""

HELD_OUT: tuple[tuple[str, str], ...] = (
    ("thing cactus", "terrain snow"),
    ("thing boat", "terrain desert"),
    ("sky rainbow", "time night"),
    ("thing windmill", "terrain city"),
    ("thing lighthouse", "terrain forest"),
    ("thing house", "colour blue"),
    ("thing boat", "colour yellow"),
    ("thing tree", "colour white"),
    ("terrain desert", "weather snowfall"),
    ("terrain sea", "weather fog"),
    ("sky moon", "terrain meadow"),
    ("thing windmill", "time sunset"),
)
"""Pairs of attributes that no training picture has, ever: what the model makes of them it must compose."""

UNLIKELY = {("night", "sun"): 0.2, ("day", "stars"): 0.2}
"""Weight of pairs of time and sky that are rarer than the others, since nobody expects them unasked."""


@dataclass(frozen=True)
class Scene:
    """The truth behind one picture; each field holds one of its values in `ATTRIBUTES`."""

    time: str
    terrain: str
    sky: str
    weather: str
    thing: str
    colour: str
    side: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value, allowed = getattr(self, field.name), ATTRIBUTES[field.name]
            if value not in allowed:
                raise ValueError(f"{field.name} must be one of {', '.join(allowed)}, got {value!r}")
        if (self.thing == NONE) != (self.colour == NONE) or (self.thing == NONE) != (self.side == NONE):
            raise ValueError("colour and side belong to a thing: all three are none, or none of them is")

    def has(self, attribute: str) -> bool:
        """Say whether the scene has an attribute, written as its kind and its value: "time night"."""
        kind, value = attribute.split(" ")
        return bool(getattr(self, kind) == value)

    @property
    def is_held_out(self) -> bool:
        """Some pair of its attributes is kept from training."""
        return bool(self.held_out)

    @property
    def held_out(self) -> tuple[tuple[str, str], ...]:
        """Every pair of its attributes that is kept from training."""
        return tuple(pair for pair in HELD_OUT if all(map(self.has, pair)))

    def indices(self) -> tuple[int, ...]:
        """Return the place of each value among those of its attribute, in the order of `ATTRIBUTES`."""
        return tuple(values.index(getattr(self, name)) for name, values in ATTRIBUTES.items())


def any_scene(generator: np.random.Generator) -> Scene:
    """Draw a scene, held-out pairs included: one in ten without a thing, half of them without weather."""
    time = _one_of(generator, TIMES)
    weights = np.array([UNLIKELY.get((time, sky), 1.0) for sky in SKIES])
    sky = SKIES[int(generator.choice(len(SKIES), p=weights / weights.sum()))]
    weather = NONE if generator.random() < 0.5 else _one_of(generator, WEATHERS[1:])
    has_thing = generator.random() < 0.9
    return Scene(
        time=time,
        terrain=_one_of(generator, TERRAINS),
        sky=sky,
        weather=weather,
        thing=_one_of(generator, THINGS[:-1]) if has_thing else NONE,
        colour=_one_of(generator, COLOURS) if has_thing else NONE,
        side=_one_of(generator, SIDES) if has_thing else NONE,
    )


def training_scene(generator: np.random.Generator) -> Scene:
    """Draw a scene that training may show: any without a held-out pair."""
    while (scene := any_scene(generator)).is_held_out:
        pass
    return scene


def held_out_scene(generator: np.random.Generator, pair: tuple[str, str]) -> Scene:
    """Draw a scene with a given pair of attributes and no other held-out one."""
    while (scene := any_scene(generator)).held_out != (pair,):
        pass
    return scene


def _one_of(generator: np.random.Generator, values: tuple[str, ...]) -> str:
    return values[int(generator.integers(len(values)))]
