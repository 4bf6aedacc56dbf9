"""A noise lab's options: the defaults, each option, and a fault for each at the option's name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.course.directives import Lab
from app.labs.noise.options import Noise, read
from app.labs.noise.picture_options import CREDIT, OWN_ALT
from app.labs.options import BadOptions, Resources
from app.labs.registry import read_lab


def lab(options: Mapping[str, str]) -> Lab:
    return Lab("noise", "lab-1", 1, "<p>A caption.</p>", options)


def noise(pictures: Mapping[str, Path], **options: str) -> Noise:
    return read(lab(options), Resources({}, pictures))


@pytest.fixture
def pictures(tmp_path: Path) -> Mapping[str, Path]:
    Image.new("RGB", (40, 50), (10, 200, 30)).save(tmp_path / "green.jpg", quality=100)
    Image.new("L", (20, 20)).save(tmp_path / "tiny.png")
    return {name: tmp_path / name for name in ("green.jpg", "tiny.png")}


def test_without_options_there_is_a_drawing_and_a_place_where_the_schedules_differ() -> None:
    settings = noise({})
    assert (settings.credit, settings.alt) == (CREDIT, OWN_ALT)
    assert settings.pixels.shape == (32, 32, 3)
    assert (settings.schedule, settings.compare, settings.seed, settings.position) == ("cosine", "t", 0, 60)


def test_every_option_is_read(pictures: Mapping[str, Path]) -> None:
    settings = noise(
        pictures,
        picture="green.jpg",
        alt="a green wall",
        schedule="linear",
        compare="snr",
        seed="9007199254740991",
        t="0.755",
    )
    assert (settings.credit, settings.alt) == ("", "a green wall")
    assert settings.pixels.shape == (40, 40, 3)
    assert np.abs(settings.pixels.astype(int) - [10, 200, 30]).max() <= 3  # what JPEG leaves of a colour
    assert (settings.schedule, settings.compare) == ("linear", "snr")
    assert (settings.seed, settings.position) == (2**53 - 1, 151)


@pytest.mark.parametrize(("t", "position"), [("0", 0), ("1", 200), ("1.0", 200), ("0.5", 100), (".025", 5)])
def test_the_slider_has_a_place_every_half_hundredth(t: str, position: int) -> None:
    assert noise({}, t=t).position == position


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("picture", "blue.png", "no picture 'blue.png' in the lesson's folder; it has green.jpg, tiny.png"),
        ("picture", "tiny.png", "the picture 'tiny.png' has 20 x 20 pixels; each side needs 28 or more"),
        ("schedule", "quadratic", "unknown schedule 'quadratic'; allowed: cosine, linear, flow"),
        ("compare", "sigma", "unknown compare 'sigma'; allowed: t, snr"),
        ("seed", "-1", "seed must be a whole number from 0 to 9007199254740991, got '-1'"),
        ("seed", "9007199254740992", "seed must be"),
        ("seed", "1.5", "seed must be"),
        ("seed", "1_000", "seed must be"),
        ("seed", "٣", "seed must be"),
        ("seed", "", "seed must be"),
        ("t", "1.005", "t must be a number from 0 to 1 in steps of 0.005, got '1.005'"),
        ("t", "0.333", "in steps of 0.005"),
        ("t", "-0.1", "t must be"),
        ("t", "nan", "t must be"),
        ("t", "1e-1", "t must be"),
        ("t", "half", "t must be"),
        ("colour", "red", "unknown option 'colour' of the lab 'noise'; it takes picture, alt, schedule"),
    ],
)
def test_a_fault_names_its_option_what_was_given_and_what_is_allowed(
    pictures: Mapping[str, Path], option: str, text: str, what: str
) -> None:
    options = {option: text} | ({"alt": "something"} if option == "picture" else {})
    with pytest.raises(BadOptions) as caught:
        noise(pictures, **options)
    (fault,) = caught.value.faults
    assert fault.option == option
    assert what in fault.what


def test_a_picture_needs_a_description(pictures: Mapping[str, Path]) -> None:
    with pytest.raises(BadOptions) as caught:
        noise(pictures, picture="green.jpg", alt=" ")
    assert [(fault.option, "needs an :alt:" in fault.what) for fault in caught.value.faults] == [
        ("picture", True)
    ]


def test_a_description_of_no_picture_is_a_fault() -> None:
    with pytest.raises(BadOptions, match="there is no option 'picture'"):
        noise({}, alt="a wall")


def test_every_fault_is_told_at_once(pictures: Mapping[str, Path]) -> None:
    with pytest.raises(BadOptions) as caught:
        noise(pictures, picture="gone.png", schedule="x", compare="y", seed="z", t="2", speed="3")
    named = [fault.option for fault in caught.value.faults]
    assert sorted(filter(None, named)) == ["compare", "picture", "picture", "schedule", "seed", "speed", "t"]


def test_no_model_is_needed() -> None:
    assert read_lab(lab({}), Resources({}, {})).missing is None
