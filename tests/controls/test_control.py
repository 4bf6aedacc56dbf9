"""A control by itself: what it reads from text, what it writes, and for whom it counts."""

from __future__ import annotations

import pytest

from app.controls.control import ANY_CLASS, Control, Kind
from app.controls.table import CONTROLS, controls_of
from app.errors import InvalidRequest
from tests.controls.cards import DIGITS, PAINTER


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seed", "0", 0),
        ("seed", str(2**53 - 1), 2**53 - 1),
        ("steps", "1000", 1000),
        ("guidance", "20", 20.0),
        ("guidance", "1e-7", 1e-7),
        ("eta", "0.5", 0.5),
        ("sampler", "heun", "heun"),
        ("grid", "rho7", "rho7"),
        ("attention", "true", True),
        ("attention", "false", False),
        ("label", "", None),
        ("label", "7", "7"),
        ("prompt", "", ""),
        ("prompt", "a" * 500, "a" * 500),
    ],
)
def test_a_value_is_read_from_text_and_written_as_it(name: str, text: str, value: object) -> None:
    read = CONTROLS[name].read(text)
    assert (read, type(read)) == (value, type(value))
    assert CONTROLS[name].read(CONTROLS[name].write(read)) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("seed", "-1", "seed must be a whole number from 0 to 9007199254740991, got '-1'"),
        ("seed", "9007199254740992", "from 0 to 9007199254740991"),
        ("steps", "0", "steps must be a whole number from 1 to 1000, got '0'"),
        ("steps", "1.0", "whole number"),
        ("steps", "1e2", "whole number"),
        ("steps", "", "got ''"),
        ("steps", "1_0", "got '1_0'"),
        ("steps", "1,5", "whole number"),
        ("steps", "9" * 5000, "whole number"),
        ("guidance", "20.5", "guidance must be a number from 0 to 20, got '20.5'"),
        ("guidance", "nan", "number"),
        ("guidance", "inf", "number"),
        ("guidance", "1e400", "number"),
        ("sampler", "magic", "unknown sampler 'magic'; allowed: ddim, "),
        ("grid", "", "unknown grid ''; allowed: uniform, "),
        ("attention", "yes", "unknown attention 'yes'; allowed: true, false"),
        ("prompt", "a" * 501, "prompt must have at most 500 letters, got 501"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(name: str, text: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        CONTROLS[name].read(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 200
    assert refused.value.field == name


def test_only_a_form_speaks_of_the_choice_that_only_a_form_has() -> None:
    label = CONTROLS["label"]
    assert label.choices_for(DIGITS)[ANY_CLASS] == "any"
    assert label.help_for(DIGITS) == "What to draw. With “any” the model is told nothing."
    assert label.description == "What to draw. Left out: no class. Only for models of classes."


def test_each_kind_of_model_has_the_controls_of_its_condition() -> None:
    of_classes = [control.name for control in controls_of(DIGITS)]
    of_prompts = [control.name for control in controls_of(PAINTER)]
    common = ["seed", "count", "sampler", "steps", "guidance", "eta", "grid"]
    assert of_classes == ["label", *common]
    assert of_prompts == ["prompt", "negative_prompt", *common, "attention"]


def test_defaults_come_from_the_card_where_it_has_them() -> None:
    defaults = {control.name: control.default_for(DIGITS) for control in controls_of(DIGITS)}
    assert defaults == {
        "label": None,
        "seed": 0,
        "count": 1,
        "sampler": "ddim",
        "steps": 50,
        "guidance": 2.0,
        "eta": 0.25,
        "grid": "log_snr",
    }
    assert CONTROLS["attention"].default_for(PAINTER) is False


def test_eta_counts_only_with_samplers_that_use_it() -> None:
    assert CONTROLS["eta"].counts_with("ddim")
    assert not CONTROLS["eta"].counts_with("heun")
    assert all(control.counts_with("heun") for name, control in CONTROLS.items() if name != "eta")


def test_guidance_is_explained_by_what_the_model_is_told() -> None:
    guidance = CONTROLS["guidance"]
    assert "follow the class" in guidance.help_for(DIGITS)
    assert "follow the prompt" in guidance.help_for(PAINTER)
    assert guidance.help_for(DIGITS) in guidance.description
    assert guidance.help_for(PAINTER) in guidance.description


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("label", None, "any"),
        ("label", "one", "one"),
        ("prompt", None, "none"),
        ("prompt", "a tree", "a tree"),
        ("sampler", "dpm_solver_pp", "DPM-Solver++(2M)"),
        ("grid", "uniform", "evenly in time"),
        ("guidance", 2.0, "2"),
        ("seed", 2**53 - 1, "9007199254740991"),
        ("attention", True, "yes"),
        ("attention", False, "no"),
    ],
)
def test_a_value_is_written_for_people(name: str, value: str | float | bool | None, words: str) -> None:
    card = PAINTER if name in ("prompt", "attention") else DIGITS
    assert CONTROLS[name].in_words(value, card) == words


@pytest.mark.parametrize("control", CONTROLS.values(), ids=lambda control: str(control.name))
def test_every_control_is_described(control: Control) -> None:
    assert control.title[0].isupper()
    assert control.help.endswith(".")
    assert control.description.startswith(control.help)
    if control.is_number:
        assert control.least < control.most
    if control.kind is Kind.CHOICE:
        assert all(control.choices.values())
    if control.kind is Kind.TEXT:
        assert control.longest > 0
