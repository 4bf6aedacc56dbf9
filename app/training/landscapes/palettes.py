"""The colours of each time of day: what light makes of sky, ground and paint.

Values only; which shape gets which colour is the business of the modules that draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from app.training.landscapes.colours import Colour, jittered, mix

Gradient = tuple[Colour, Colour, Colour, Colour]


@dataclass(frozen=True)
class Palette:
    """Colours at one time of day; `sky` runs from the top of the picture to the horizon."""

    sky: Gradient
    haze: Colour
    sun: Colour
    glow: Colour
    moon: Colour
    star: Colour
    cloud: Colour
    cloud_shade: Colour
    grass: Colour
    rock: Colour
    cap: Colour
    sand: Colour
    snow: Colour
    snow_shade: Colour
    water: Colour
    glint: Colour
    conifer: Colour
    building: Colour
    street: Colour
    window: Colour
    outline: Colour
    fog: Colour
    rain: Colour
    flake: Colour
    neutral: Colour
    timber: Colour


MATERIALS = tuple(field.name for field in fields(Palette) if field.name != "sky")
"""Every single colour of a palette."""

DAWN = Palette(
    sky=((136, 148, 212), (190, 176, 224), (240, 196, 214), (255, 228, 208)),
    haze=(232, 200, 220),
    sun=(255, 246, 206),
    glow=(255, 214, 176),
    moon=(252, 252, 255),
    star=(255, 240, 140),
    cloud=(255, 244, 246),
    cloud_shade=(214, 176, 208),
    grass=(122, 184, 118),
    rock=(140, 124, 166),
    cap=(255, 240, 244),
    sand=(236, 200, 168),
    snow=(250, 238, 246),
    snow_shade=(204, 190, 224),
    water=(134, 166, 208),
    glint=(255, 232, 224),
    conifer=(76, 118, 118),
    building=(150, 130, 164),
    street=(150, 140, 158),
    window=(255, 236, 186),
    outline=(74, 62, 92),
    fog=(228, 220, 232),
    rain=(112, 116, 158),
    flake=(246, 250, 255),
    neutral=(110, 92, 114),
    timber=(128, 92, 86),
)

DAY = Palette(
    sky=((44, 122, 222), (92, 164, 240), (138, 198, 248), (184, 222, 250)),
    haze=(178, 214, 240),
    sun=(255, 236, 104),
    glow=(255, 246, 190),
    moon=(250, 252, 255),
    star=(255, 236, 120),
    cloud=(255, 255, 255),
    cloud_shade=(190, 212, 238),
    grass=(92, 180, 62),
    rock=(118, 120, 136),
    cap=(252, 254, 255),
    sand=(238, 206, 128),
    snow=(248, 252, 255),
    snow_shade=(160, 192, 234),
    water=(30, 116, 190),
    glint=(186, 228, 252),
    conifer=(26, 102, 58),
    building=(150, 146, 152),
    street=(112, 112, 120),
    window=(214, 236, 250),
    outline=(44, 44, 60),
    fog=(222, 228, 234),
    rain=(70, 88, 128),
    flake=(246, 250, 255),
    neutral=(92, 78, 80),
    timber=(116, 76, 44),
)

SUNSET = Palette(
    sky=((92, 36, 116), (196, 48, 100), (246, 104, 52), (255, 188, 72)),
    haze=(232, 104, 84),
    sun=(255, 240, 150),
    glow=(255, 190, 70),
    moon=(255, 246, 248),
    star=(255, 234, 120),
    cloud=(255, 196, 168),
    cloud_shade=(170, 66, 118),
    grass=(106, 124, 40),
    rock=(104, 50, 82),
    cap=(255, 196, 176),
    sand=(206, 116, 66),
    snow=(250, 208, 206),
    snow_shade=(186, 128, 170),
    water=(112, 44, 98),
    glint=(255, 178, 92),
    conifer=(44, 58, 44),
    building=(86, 42, 76),
    street=(82, 58, 76),
    window=(255, 214, 110),
    outline=(44, 18, 44),
    fog=(248, 206, 186),
    rain=(158, 150, 206),
    flake=(255, 246, 246),
    neutral=(70, 44, 60),
    timber=(92, 50, 36),
)

NIGHT = Palette(
    sky=((8, 10, 42), (18, 24, 74), (36, 50, 116), (66, 86, 156)),
    haze=(48, 62, 124),
    sun=(255, 206, 84),
    glow=(236, 130, 60),
    moon=(240, 244, 255),
    star=(255, 240, 170),
    cloud=(118, 132, 186),
    cloud_shade=(64, 76, 132),
    grass=(26, 78, 56),
    rock=(42, 46, 84),
    cap=(156, 172, 222),
    sand=(122, 102, 92),
    snow=(164, 182, 230),
    snow_shade=(96, 114, 178),
    water=(12, 32, 88),
    glint=(124, 160, 226),
    conifer=(14, 52, 54),
    building=(30, 28, 60),
    street=(44, 44, 64),
    window=(255, 220, 96),
    outline=(6, 6, 22),
    fog=(132, 144, 184),
    rain=(126, 150, 202),
    flake=(224, 232, 255),
    neutral=(66, 60, 84),
    timber=(70, 50, 48),
)

PALETTES: Mapping[str, Palette] = {"dawn": DAWN, "day": DAY, "sunset": SUNSET, "night": NIGHT}

OTHER_SKIES: Mapping[str, Gradient] = {
    "dawn": ((150, 170, 214), (206, 190, 226), (250, 204, 208), (252, 236, 220)),
    "day": ((60, 150, 226), (104, 186, 240), (148, 212, 244), (190, 230, 244)),
    "sunset": ((124, 40, 96), (222, 66, 70), (255, 128, 48), (255, 204, 96)),
    "night": ((10, 14, 50), (22, 24, 88), (48, 46, 124), (84, 82, 160)),
}
"""A second sky for each time; pictures have mixtures of the two."""

PAINTS: Mapping[str, Mapping[str, Colour]] = {
    "dawn": {
        "red": (222, 62, 70),
        "blue": (54, 100, 234),
        "white": (252, 250, 252),
        "yellow": (252, 218, 66),
    },
    "day": {"red": (222, 36, 40), "blue": (34, 90, 232), "white": (252, 252, 252), "yellow": (255, 220, 30)},
    "sunset": {
        "red": (214, 22, 36),
        "blue": (54, 88, 232),
        "white": (250, 242, 244),
        "yellow": (255, 220, 40),
    },
    "night": {
        "red": (206, 36, 48),
        "blue": (62, 116, 250),
        "white": (226, 230, 242),
        "yellow": (244, 206, 50),
    },
}
"""What a thing's colour looks like at each time: tinted so little that its name stays the same."""


TWILIGHT = {"dawn": 0.6, "sunset": 0.6}
"""How far the light of a dawn or a sunset may have gone towards that of the night."""


def palette_of(time: str, generator: np.random.Generator) -> Palette:
    """Return one picture's palette: that of the time of day, each colour a little off.

    A dawn may be early and a sunset late, with some of the night in every colour: were every dark sky a
    night's, what never stands in a night's sky could not be learnt on dark ground at all.
    """
    palette, share = PALETTES[time], float(generator.random())
    late = TWILIGHT[time] * float(generator.random()) ** 2 if time in TWILIGHT else 0.0
    sky = _mixed(_mixed(palette.sky, OTHER_SKIES[time], share), NIGHT.sky, late)
    materials = _mixed(_materials(palette), _materials(NIGHT), late)
    top, high, low, bottom = jittered(sky, generator, 4)
    varied = jittered(materials, generator)
    return Palette(sky=(top, high, low, bottom), **dict(zip(MATERIALS, varied, strict=True)))


def _materials(palette: Palette) -> list[Colour]:
    return [getattr(palette, name) for name in MATERIALS]


def _mixed(ones: Sequence[Colour], others: Sequence[Colour], share: float) -> list[Colour]:
    return [mix(one, other, share) for one, other in zip(ones, others, strict=True)]
