"""Options of a lab readings: the defaults, each option, and a fault for each at the option's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.course.directives import Lab
from app.labs.options import BadOptions, MissingModel, Resources
from app.labs.readings.options import OPTIONS, ReadingsLab, read
from tests.labs.readings.asked_cards import CARDS


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """Draw a grey ramp, one in colour of the painter's size, and one of no model's size."""
    ramp = np.tile(np.linspace(0, 255, 28).round().astype(np.uint8), (28, 1))
    red = np.stack([np.full((32, 32), level, np.uint8) for level in (200, 10, 0)], -1)
    for name, pixels in {"ramp.png": ramp, "red.png": red, "big.png": np.zeros((40, 40), np.uint8)}.items():
        Image.fromarray(pixels).save(tmp_path / name)
    return {name: tmp_path / name for name in ("ramp.png", "red.png", "big.png")}


def lab(pictures: dict[str, Path] | None = None, **options: str) -> ReadingsLab:
    resources = Resources(CARDS, pictures or {}, (), "some-lesson")
    return read(Lab("readings", "lab-1", 1, "", options), resources)


def test_without_options_a_seven_stands_at_seven_levels_of_which_the_last_has_no_signal() -> None:
    made = lab()
    assert (made.card.name, made.seed, made.error, made.lesson) == ("digits", 0, "0.1", "some-lesson")
    assert [level.t for level in made.levels] == [0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0]
    assert made.levels[made.first].t == 0.5
    assert made.levels[2].signal_scale == pytest.approx(np.sqrt(0.5))
    assert (made.levels[-1].signal_scale, made.levels[-1].noise_scale) == (0.0, 1.0)
    assert made.clean.shape == (28, 28, 1)
    assert made.clean[0, 0, 0] == 0  # paper, where the file is white
    assert "CC BY-SA 3.0" in made.credit


def test_every_option_is_read(pictures: dict[str, Path]) -> None:
    given = {"picture": "ramp.png", "alt": "a ramp", "seed": "7", "error": "0.5"}
    made = lab(pictures, model="digits", levels=".05  0.25 0.99 1", t="0.25", **given)
    assert (made.alt, made.credit, made.seed, made.error) == ("a ramp", "", 7, "0.5")
    assert [level.t for level in made.levels] == [0.05, 0.25, 0.99, 1.0]
    assert made.first == 1


def test_a_picture_in_colour_is_of_the_model_that_paints_in_colour_and_stays_as_it_is(
    pictures: dict[str, Path],
) -> None:
    made = lab(pictures, picture="red.png", alt="red")
    assert made.card.name == "colour"
    assert made.clean[0, 0].tolist() == [200, 10, 0]


@pytest.mark.parametrize(("levels", "first"), [("0.1 0.2", 0.2), ("0.6 0.9 1", 0.6), ("0.01 0.99", 0.01)])
def test_the_slider_stands_at_the_level_nearest_to_a_half(levels: str, first: float) -> None:
    made = lab(levels=levels)
    assert made.levels[made.first].t == first


BETWEEN = "levels must be 2 to 8 rising numbers from 0.01 to 0.99 with spaces between, and perhaps 1"


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("levels", "", BETWEEN),
        ("levels", "0.5", BETWEEN),
        ("levels", "1", BETWEEN),
        ("levels", "0 0.5", BETWEEN),
        ("levels", "0.5 0.1", BETWEEN),
        ("levels", "0.5 0.5", BETWEEN),
        ("levels", "0.5 0.995", BETWEEN),
        ("levels", "0.5 1 1", BETWEEN),
        ("levels", "0.5 1.5", BETWEEN),
        ("levels", "0.1, 0.5", BETWEEN),
        ("levels", "0.1 nan", BETWEEN),
        ("levels", "0.1 \u0661", BETWEEN),
        ("levels", "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 1", BETWEEN),
        ("t", "0.4", "t must be one of the levels, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1; got '0.4'"),
        ("t", "half", "t must be one of the levels"),
        ("error", "0.3", "unknown error '0.3'; allowed: 0.1, 0.02, 0.5"),
        ("seed", "-1", "seed must be a whole number"),
        ("picture", "gone.png", "there is no picture 'gone.png'"),
        ("picture", "big.png", "takes a grey picture of 28 x 28 pixels; this one is 40 x 40 in grey"),
        ("alt", "a seven", "there is no option 'picture'"),
        ("model", "colour", "takes a colour picture of 32 x 32 pixels; this one is 28 x 28 in grey"),
        (
            "model",
            "straight",
            "the model straight was trained on the schedule flow; this lab shows the ratios",
        ),
        ("model", "early", "the model early was trained up to t = 0.9; beyond it: 0.98"),
        ("label", "7", "unknown option 'label' of the lab 'readings'; it takes model, picture"),
    ],
)
def test_a_fault_is_told_at_its_option(pictures: dict[str, Path], option: str, text: str, what: str) -> None:
    given = {"model": "digits"} if option == "picture" else {}
    with pytest.raises(BadOptions) as caught:
        lab(pictures, **given | {option: text})
    faults = [fault.what for fault in caught.value.faults if fault.option == option]
    assert any(what in fault for fault in faults), faults


def test_a_level_beyond_a_model_is_a_fault_of_the_levels_where_they_are_given() -> None:
    with pytest.raises(BadOptions) as caught:
        lab(model="early", levels="0.5 0.95 1")
    assert [fault.option for fault in caught.value.faults] == ["levels"]
    assert lab(model="early", levels="0.5 0.9 1").card.name == "early"


def test_all_faults_are_told_together() -> None:
    with pytest.raises(BadOptions) as caught:
        lab(levels="0", error="9", seed="x", speed="2", model="straight")
    assert {fault.option for fault in caught.value.faults} == {"levels", "error", "seed", "speed", "model"}
    assert "speed" not in OPTIONS


def test_a_missing_model_is_no_fault_of_the_options_and_hides_none() -> None:
    with pytest.raises(MissingModel):
        lab(model="gone")
    with pytest.raises(BadOptions) as caught:
        lab(model="gone", error="9")
    assert [fault.option for fault in caught.value.faults] == ["error", "model"]
    with pytest.raises(MissingModel, match="there is no model 'digits'; there are colour"):
        read(Lab("readings", "lab-1", 1, "", {}), Resources({"colour": CARDS["colour"]}, {}))
