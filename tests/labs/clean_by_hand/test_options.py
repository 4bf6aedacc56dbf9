"""Options of a lab clean-by-hand: the defaults, each option, and a fault for each at the option's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.course.directives import Lab
from app.labs.clean_by_hand.options import OPTIONS, CleanByHand, read
from app.labs.options import BadOptions, MissingModel, Resources
from tests.labs.clean_by_hand.cleaned_cards import CARDS


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """Draw a grey ramp, dark at the left, and pictures of another size and in colour."""
    ramp = np.tile(np.linspace(0, 255, 28).round().astype(np.uint8), (28, 1))
    made = {"ramp.png": ramp, "big.png": np.zeros((40, 40), np.uint8), "red.png": np.stack([ramp] * 3, -1)}
    for name, pixels in made.items():
        Image.fromarray(pixels).save(tmp_path / name)
    return {name: tmp_path / name for name in made}


def lab(pictures: dict[str, Path] | None = None, **options: str) -> CleanByHand:
    resources = Resources(CARDS, pictures or {}, (), "some-lesson")
    return read(Lab("clean-by-hand", "lab-1", 1, "", options), resources)


def test_without_options_a_seven_is_under_noise_1_for_a_minute_and_the_first_model_of_one_channel() -> None:
    made = lab()
    assert (made.card.name, made.noise, made.seed, made.seconds) == ("digits", 1.0, 0, 60)
    assert (made.alt, made.lesson) == ("a handwritten seven", "some-lesson")
    assert "CC BY-SA 3.0" in made.credit
    assert made.clean.shape == (28, 28, 1)
    assert made.clean[0, 0, 0] == 0  # paper, where the file is white


def test_every_option_is_read(pictures: dict[str, Path]) -> None:
    given = {"picture": "ramp.png", "alt": "a ramp", "noise": "0.5", "seed": "7", "seconds": "10"}
    made = lab(pictures, model="digits", **given)
    assert (made.alt, made.credit, made.noise, made.seed, made.seconds) == ("a ramp", "", 0.5, 7, 10)
    assert (made.clean[0, 0, 0], made.clean[0, -1, 0]) == (255, 0)  # black in the file is ink


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("noise", "0", "noise must be a number from 0.1 to 5, as 0.5, got '0'"),
        ("noise", "5.1", "from 0.1 to 5, as 0.5, got '5.1'"),
        ("noise", "nan", "from 0.1 to 5"),
        ("noise", "\u0661", "from 0.1 to 5"),
        ("noise", "-1", "from 0.1 to 5"),
        ("seconds", "9", "seconds must be a whole number from 10 to 120, got '9'"),
        ("seconds", "121", "from 10 to 120, got '121'"),
        ("seconds", "1.5", "from 10 to 120, got '1.5'"),
        ("seed", "-1", "seed must be a whole number"),
        ("picture", "gone.png", "there is no picture 'gone.png'"),
        ("picture", "big.png", "takes a grey picture of 28 x 28 pixels; this one is 40 x 40 in grey"),
        ("picture", "red.png", "this one is 28 x 28 in colour"),
        ("alt", "a seven", "there is no option 'picture'"),
        (
            "model",
            "colour",
            "the model colour paints in colour; two brushes, ink and paper, need one channel",
        ),
        ("model", "large", "takes a grey picture of 32 x 32 pixels; this one is 28 x 28 in grey"),
        ("label", "7", "unknown option 'label' of the lab 'clean-by-hand'; it takes model, picture"),
    ],
)
def test_a_fault_is_told_at_its_option(pictures: dict[str, Path], option: str, text: str, what: str) -> None:
    with pytest.raises(BadOptions) as caught:
        lab(pictures, **{option: text})
    faults = [fault.what for fault in caught.value.faults if fault.option == option]
    assert any(what in fault for fault in faults), faults


def test_without_a_model_for_the_picture_that_comes_with_the_lab_one_is_missing() -> None:
    lone = Lab("clean-by-hand", "lab-1", 1, "", {})
    with pytest.raises(MissingModel) as caught:
        read(lone, Resources({name: CARDS[name] for name in ("colour", "large")}, {}))
    assert (caught.value.model, str(caught.value)) == (
        "digits",
        "there is no model 'digits'; there are colour, large",
    )


def test_all_faults_are_told_together() -> None:
    with pytest.raises(BadOptions) as caught:
        lab(noise="9", seconds="0", speed="2", model="colour")
    assert {fault.option for fault in caught.value.faults} == {"noise", "seconds", "speed", "model"}
    assert "speed" not in OPTIONS


def test_a_missing_model_is_no_fault_of_the_options_and_hides_none() -> None:
    with pytest.raises(MissingModel):
        lab(model="gone")
    with pytest.raises(BadOptions) as caught:
        lab(model="gone", noise="9")
    assert [fault.option for fault in caught.value.faults] == ["noise", "model"]
