"""A request by itself: filled in from the card, or read from the texts of a form.

The ranges of its fields are tested in tests/engine/test_run.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.controls.request import RunRequest, read_request, read_texts
from app.controls.table import MAX_IMAGE_STEPS, broken_rules
from app.errors import InvalidRequest
from tests.controls.cards import DIGITS, PAINTER


def test_what_is_left_open_is_filled_in_from_the_card() -> None:
    filled = RunRequest(model="digits", steps=7).filled_in(DIGITS)
    assert filled.model_dump(exclude_none=True) == {
        "model": "digits",
        "seed": 0,
        "count": 1,
        "sampler": "ddim",
        "steps": 7,
        "guidance": 2.0,
        "eta": 0.25,
        "grid": "log_snr",
        "attention": False,
    }
    assert RunRequest(model="painter", prompt="tree").filled_in(PAINTER).prompt == "tree"


def test_texts_of_a_form_are_read_each_as_what_it_is() -> None:
    texts = {"model": "painter", "prompt": "a tree", "seed": "5", "guidance": "2", "attention": "true"}
    assert read_texts(texts) == RunRequest(
        model="painter", prompt="a tree", seed=5, guidance=2.0, attention=True
    )


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({}, "model"),
        ({"model": "a" * 65}, "model"),
        ({"model": "tiny", "seed": "x"}, "seed"),
        ({"model": "tiny", "attention": "on"}, "attention"),
        ({"model": "tiny", "speed": "1"}, "speed"),
        ({"model": "tiny", "label": "\u202e"}, "label"),
    ],
)
def test_texts_that_are_no_request_are_refused_by_name(texts: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_texts(texts)
    assert refused.value.field == field


def test_a_fault_is_told_with_the_name_of_its_field() -> None:
    with pytest.raises(InvalidRequest, match=r"^label: must be the name of a class"):
        read_request({"model": "tiny", "label": []})


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ((16, MAX_IMAGE_STEPS // 16, "uniform"), []),
        ((16, MAX_IMAGE_STEPS // 16 + 1, "uniform"), ["steps"]),
        ((4, 10, "rho7", True), []),
        ((5, 10, "uniform", True), ["count"]),
        ((5, 10, "log_snr", False), []),
        ((16, 1000, "uniform", True), ["steps", "count"]),
        ((5, 4, "log_snr", True), ["steps", "count"]),
        ((1, 6, "rho7"), ["steps"]),
        ((1, 2, "half_rho7"), []),
    ],
)
def test_every_rule_that_settings_break_together_is_named(
    settings: tuple[Any, ...], fields: list[str]
) -> None:
    assert [broken.field for broken in broken_rules(*settings)] == fields
