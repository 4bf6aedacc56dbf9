"""Numbers that people type: read as they were meant, or not at all."""

from __future__ import annotations

import pytest

from app.controls.request import read_texts
from app.controls.table import CONTROLS
from app.errors import InvalidRequest
from app.numbers import as_written, decimal_number, whole_number
from tests.number_table import NUMBERS


@pytest.mark.parametrize("text", NUMBERS, ids=ascii)
def test_a_number_is_what_was_meant_or_none(text: str) -> None:
    decimal, whole = NUMBERS[text]
    assert decimal_number(text) == decimal
    assert whole_number(text) == whole


def test_a_number_that_is_too_large_to_be_held_is_infinite_and_no_setting() -> None:
    assert decimal_number("1e400") == float("inf")
    with pytest.raises(InvalidRequest, match="guidance must be a number from 0 to"):
        CONTROLS["guidance"].read("1e400")


@pytest.mark.parametrize("text", ["1,5", "1٫5", "１，５", "1.5"])  # noqa: RUF001 -- as people type them
def test_a_form_with_a_decimal_comma_is_read(text: str) -> None:
    assert read_texts({"model": "digits", "guidance": text, "seed": "3"}).guidance == 1.5


@pytest.mark.parametrize("text", ["1,5", "1.0", "1e1", "1,000", "1 000"])
def test_a_whole_number_with_a_point_a_comma_or_groups_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="steps must be a whole number from 1 to") as refused:
        read_texts({"model": "digits", "steps": text})
    assert refused.value.field == "steps"


def test_where_a_number_could_be_two_both_are_named() -> None:
    assert as_written("1,500") == "; write 1500, or 1.500"
    with pytest.raises(InvalidRequest, match=r"got '1,500'; write 1500, or 1\.500$"):
        CONTROLS["guidance"].read("1,500")
    assert as_written("1,5") == as_written("five") == ""


@pytest.mark.parametrize(
    ("text", "hint"),
    [("1,500", "; write 1500"), ("-12,345", "; write -12345"), ("١،٥٠٠", ""), ("１，５００", "; write 1500")],  # noqa: RUF001
    ids=ascii,
)
def test_a_whole_number_is_not_to_be_written_with_a_point(text: str, hint: str) -> None:
    assert as_written(text, is_whole=True) == hint
    with pytest.raises(InvalidRequest) as refused:
        CONTROLS["seed"].read(text)
    assert str(refused.value).endswith(f"got {text!r}{hint}")
