"""The quantities of a step are told apart by colour with every kind of sight, and by lines without colour."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL.ImageColor import getrgb

from tests.web.styles.test_tokens import contrast, tokens

Floats = NDArray[np.float64]

QUANTITIES = ("--x-t", "--x0-hat", "--eps-hat")
SCHEMES = ["", "@media (prefers-color-scheme: dark)", "@media print"]
SIGHTS = {
    "all cones": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""How linear sRGB looks without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1."""

TO_XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]
WHITE = [0.95047, 1.0, 1.08883]
CLEARLY_APART = 25.0
"""CIE 1976 distance; 2.3 is just noticeable."""


def lab(colour: str, sight: str) -> Floats:
    parts = np.array(getrgb(colour)[:3]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0.0, 1.0)
    ratios = np.array(TO_XYZ) @ seen / np.array(WHITE)
    roots = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array(
        [116 * roots[1] - 16, 500 * (roots[0] - roots[1]), 200 * (roots[1] - roots[2])], dtype=np.float64
    )


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_each_two_are_far_apart_in_colour(scheme: str, sight: str) -> None:
    colours = [tokens(scheme)[name] for name in QUANTITIES]
    assert min(distance(*pair, sight) for pair in combinations(colours, 2)) >= CLEARLY_APART


def test_the_simulation_knows_colours_that_are_confused() -> None:
    assert distance("#b3390f", "#5c6a00", "all cones") > CLEARLY_APART
    assert distance("#b3390f", "#6b5a00", "deuteranopia") < CLEARLY_APART


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_can_be_read_as_text(scheme: str) -> None:
    colours = tokens(scheme)
    for ground in ("--paper", "--plate"):
        assert min(contrast(colours[name], colours[ground]) for name in QUANTITIES) >= 4.5


def test_each_has_a_line_of_its_own_and_none_that_of_a_link() -> None:
    lines = [tokens()[f"{name}-line"] for name in QUANTITIES]
    assert len(set(lines)) == 3
    assert "solid" not in lines
