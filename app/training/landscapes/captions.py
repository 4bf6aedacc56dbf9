"""The grammar: captions for a scene, with synonyms, in several orders, and with things left unsaid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.training.landscapes.scene import NONE, Scene

FULL = 0.35
"""Share of captions that leave nothing out; in the others each part is said with `SAID`."""

SAID = 0.7
UNREMARKABLE = 0.1
"""How often a caption says that there is no weather or no thing."""

LISTS = 0.25
"""Share of captions that are lists of words instead of phrases."""

TIME_PHRASES = {
    "dawn": ("at dawn", "at daybreak", "in the morning", "at sunrise", "by dawn", "during dawn"),
    "day": ("by day", "at noon", "during the day", "in daylight", "at midday", "in the daytime"),
    "sunset": ("at sunset", "at dusk", "in the evening", "during sunset", "at sundown", "in the twilight"),
    "night": ("at night", "by night", "in the night", "at midnight", "during the night"),
}
TERRAIN_PHRASES = {
    "mountains": ("in the mountains", "by a mountain", "near the mountains", "with mountains"),
    "hills": ("on a hill", "in the hills", "on the hills", "on a hillside", "with hills"),
    "desert": ("in the desert", "in a desert", "on the sand", "in the dunes", "on a dune"),
    "sea": ("at sea", "on the sea", "by the sea", "on the ocean", "on the water", "in the sea"),
    "snow": (
        "on a snowy hill",
        "in the snow",
        "on snow",
        "in a snowy field",
        "on snow covered hills",
        "on snowy land",
    ),
    "forest": ("in the forest", "in a forest", "in the woods", "by the forest", "with a forest"),
    "city": ("in the city", "in a town", "by the city", "in a city", "with a skyline"),
    "meadow": ("in a meadow", "on the meadow", "in a field of flowers", "on the grass", "with flowers"),
}
SKY_PHRASES = {
    "sun": ("with the sun", "under the sun", "in the sunshine", "with a sun in the sky", "with a sunny sky"),
    "moon": ("with the moon", "under the moon", "in the moonlight", "with a moon in the sky", "by moonlight"),
    "stars": ("with stars", "under the stars", "under a starry sky", "with stars in the sky"),
    "clouds": ("with clouds", "under clouds", "under a cloudy sky", "with clouds in the sky"),
    "rainbow": ("with a rainbow", "under a rainbow", "with a rainbow in the sky", "and a rainbow"),
    "clear": ("under a clear sky", "with a clear sky", "under a cloudless sky", "with an empty sky"),
}
WEATHER_PHRASES = {
    "none": ("in clear weather", "clear weather"),
    "snowfall": ("in snowfall", "with snowfall", "and it is snowing", "with snowflakes", "in a snowstorm"),
    "rain": ("in the rain", "with rain", "and it is raining", "in rainy weather", "during rain"),
    "fog": ("in the fog", "with fog", "in the mist", "in foggy weather", "with mist over the land"),
}
SIDE_PHRASES: dict[str, tuple[str, ...]] = {
    "left": ("on the left", "to the left", "on the left side", "left"),
    "right": ("on the right", "to the right", "on the right side", "right"),
}
THING_WORDS = {
    "house": ("house", "cottage", "home", "hut", "cabin"),
    "tree": ("tree",),
    "boat": ("boat", "sailboat", "ship"),
    "cactus": ("cactus",),
    "lighthouse": ("lighthouse",),
    "windmill": ("windmill", "mill"),
}
NO_THING = ("an empty landscape", "an empty scene", "nothing")
SCENES = ("a landscape", "a scene", "the land", "a place", "there is a landscape")
LIST_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "time": {
        "dawn": ("dawn", "morning"),
        "day": ("day", "noon"),
        "sunset": ("sunset", "dusk"),
        "night": ("night",),
    },
    "terrain": {
        "mountains": ("mountains", "mountain"),
        "hills": ("hills", "hill"),
        "desert": ("desert", "dunes"),
        "sea": ("sea", "ocean"),
        "snow": ("snow", "snowy hill", "snowy landscape"),
        "forest": ("forest", "woods"),
        "city": ("city", "town"),
        "meadow": ("meadow", "flowers"),
    },
    "sky": {
        "sun": ("sun",),
        "moon": ("moon",),
        "stars": ("stars", "starry sky"),
        "clouds": ("clouds", "cloudy"),
        "rainbow": ("rainbow",),
        "clear": ("clear sky", "cloudless"),
    },
    "weather": {
        "none": ("clear weather",),
        "snowfall": ("snowfall", "snowing"),
        "rain": ("rain", "rainy"),
        "fog": ("fog", "foggy"),
    },
    "side": {"left": ("left",), "right": ("right",)},
}


@dataclass(frozen=True)
class Caption:
    """A caption, and the attributes of its scene that it names, each as its kind and its value."""

    text: str
    said: frozenset[str]


def caption(scene: Scene, generator: np.random.Generator) -> Caption:
    """Write a caption for a scene: true in all it says, but seldom saying all."""
    said = _choose(scene, generator)
    if generator.random() < LISTS:
        text = _as_list(scene, said, generator)
    else:
        text = _as_phrase(scene, said, generator)
    return Caption(text, frozenset(f"{kind} {getattr(scene, kind)}" for kind in said))


def full_caption(scene: Scene, generator: np.random.Generator, open: tuple[str, ...] = ()) -> Caption:
    """Write a caption that names every attribute that can be seen: no absence of weather or thing.

    Args:
        scene: what is told of.
        generator: chooses words and their order.
        open: attributes that are left unsaid.
    """
    said = [kind for kind in _kinds(scene) if getattr(scene, kind) != NONE and kind not in open]
    text = _as_phrase(scene, said, generator)
    return Caption(text, frozenset(f"{kind} {getattr(scene, kind)}" for kind in said))


def _kinds(scene: Scene) -> list[str]:
    always = ["time", "terrain", "sky", "weather", "thing"]
    return always if scene.thing == NONE else [*always, "colour", "side"]


def _choose(scene: Scene, generator: np.random.Generator) -> list[str]:
    """Choose what is said; colour and side are said of a thing, so only with it."""
    share = 1.0 if generator.random() < FULL else SAID
    said = [
        kind
        for kind in _kinds(scene)
        if generator.random() < (UNREMARKABLE if getattr(scene, kind) == NONE else share)
    ]
    if "thing" not in said:
        said = [kind for kind in said if kind not in ("colour", "side")]
    return said


def _as_phrase(scene: Scene, said: list[str], generator: np.random.Generator) -> str:
    """Write "a red house on a hill at night", with the parts behind the subject in any order."""
    tables: dict[str, dict[str, tuple[str, ...]]] = {
        "time": TIME_PHRASES,
        "terrain": TERRAIN_PHRASES,
        "sky": SKY_PHRASES,
        "weather": WEATHER_PHRASES,
        "side": SIDE_PHRASES,
    }
    parts = [_pick(generator, tables[kind][getattr(scene, kind)]) for kind in tables if kind in said]
    generator.shuffle(parts)
    subject = _subject(scene, said, generator)
    if parts and generator.random() < 0.2:
        return ", ".join([parts[0], " ".join([subject, *parts[1:]])])
    return " ".join([subject, *parts])


def _subject(scene: Scene, said: list[str], generator: np.random.Generator) -> str:
    if "thing" not in said:
        return _pick(generator, SCENES)
    if scene.thing == NONE:
        return _pick(generator, NO_THING)
    article = _pick(generator, ("a", "a", "the", ""))
    colour = scene.colour if "colour" in said else ""
    return " ".join(word for word in (article, colour, _pick(generator, THING_WORDS[scene.thing])) if word)


def _as_list(scene: Scene, said: list[str], generator: np.random.Generator) -> str:
    """Write "night, red house, stars", in any order."""
    parts = [_pick(generator, LIST_WORDS[kind][getattr(scene, kind)]) for kind in LIST_WORDS if kind in said]
    if "thing" in said:
        thing = NO_THING if scene.thing == NONE else THING_WORDS[scene.thing]
        colour = f"{scene.colour} " if "colour" in said else ""
        parts.append(colour + _pick(generator, thing))
    generator.shuffle(parts)
    return _pick(generator, (", ", " ")).join(parts)


def _pick(generator: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(generator.integers(len(choices)))]
