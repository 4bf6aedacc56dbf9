"""The controls of a plate: where each stands, what its field holds, and what the script is told."""

from __future__ import annotations

import pytest

from app.controls.fields import Place, Presentation, fields_of, script_controls
from app.controls.request import RunRequest
from app.controls.table import CONTROLS, controls_of
from tests.controls.cards import DIGITS, PAINTER

PLAIN = Presentation(tuple(CONTROLS))


def test_fields_stand_in_the_order_of_the_plate_and_are_those_of_the_model() -> None:
    settings = RunRequest(model="digits").filled_in(DIGITS)
    backwards = Presentation(tuple(reversed(CONTROLS)))
    assert [field.name for field in fields_of(DIGITS, settings, backwards)] == [
        control.name for control in reversed(controls_of(DIGITS))
    ]


def test_a_field_holds_what_the_plate_sets_and_knows_whether_that_is_the_models_own() -> None:
    settings = RunRequest(model="digits", steps=7, label="one").filled_in(DIGITS)
    fields = {field.name: field for field in fields_of(DIGITS, settings, PLAIN)}
    assert (fields["steps"].value, fields["steps"].is_default) == ("7", False)
    assert (fields["guidance"].value, fields["guidance"].is_default) == ("2.0", True)
    assert (fields["label"].value, fields["label"].words) == ("one", "one")
    assert [choice.value for choice in fields["grid"].choices if choice.selected] == ["log_snr"]
    assert fields["steps"].choices == ()


def test_places_are_changed_by_name() -> None:
    changed = PLAIN.with_places({"steps": Place.LOCKED, "eta": Place.FOLDED})
    assert (changed.place_of("steps"), changed.place_of("seed")) == (Place.LOCKED, Place.SHOWN)
    assert changed.with_places({"steps": Place.SHOWN}).place_of("steps") is Place.SHOWN
    assert changed.with_places({"seed": Place.HIDDEN}).place_of("eta") is Place.FOLDED
    with pytest.raises(ValueError, match="there is no control 'speed'; there are label, "):
        PLAIN.with_places({"speed": Place.LOCKED})


def test_a_script_is_told_names_kinds_and_ranges_in_the_order_of_links() -> None:
    told = script_controls(PAINTER, PLAIN.with_places({"steps": Place.LOCKED, "grid": Place.HIDDEN}))
    assert [control["name"] for control in told] == [control.name for control in controls_of(PAINTER)]
    by_name = {control.pop("name"): control for control in told}
    assert by_name["steps"] == {
        "kind": "whole",
        "title": "Steps",
        "least": 1,
        "most": 1000,
        "cost": "steps",
        "usual": str(PAINTER.defaults.steps),
        "fixed": True,
    }
    assert by_name["eta"]["title"] == "Fresh noise eta"
    assert by_name["prompt"] == {
        "kind": "text",
        "title": "Prompt",
        "longest": 500,
        "cost": "condition",
        "usual": "",
        "fixed": False,
    }
    assert (by_name["guidance"]["neutral"], by_name["guidance"]["decimals"]) == ((0.0, 1.0), 6)
    assert [name for name, control in by_name.items() if control["fixed"]] == ["steps", "grid"]
