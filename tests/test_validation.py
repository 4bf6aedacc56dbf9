"""What pydantic refuses, in words of our own: every type of fault that a schema of ours can make."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.validation import QUESTION_ID, describe, first_causes, shown

Short = Annotated[str, Field(min_length=1)]


class Inner(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    text: Short


class Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    whole: int = Field(default=1, ge=1, le=1000)
    number: float = Field(default=1.0, gt=0, lt=9)
    tick: bool = False
    word: Literal["red", "blue"] = "red"
    name: str = Field(default="a", pattern=QUESTION_ID)
    other: str = Field(default="a", pattern="^a+$", max_length=3)
    options: Annotated[tuple[Inner, ...], Field(strict=False, min_length=1, max_length=2)] = (
        Inner(text="a"),
    )
    table: dict[str, int] = {}
    inner: Inner = Inner(text="a")


def told(given: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)
    return [describe(fault, form=Form) for fault in first_causes(refused.value)]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"whole": "3"}, "whole: must be a whole number, without quotes; received '3'"),
        ({"whole": 3.5}, "whole: must be a whole number, without quotes; received 3.5"),
        ({"whole": True}, "whole: must be a whole number, without quotes; received true"),
        ({"whole": 0}, "whole: must be at least 1; received 0"),
        ({"whole": 1001}, "whole: must be at most 1,000; received 1001"),
        ({"number": "x"}, "number: must be a number, without quotes; received 'x'"),
        ({"number": 0}, "number: must be above 0; received 0"),
        ({"number": 9}, "number: must be below 9; received 9"),
        ({"number": float("nan")}, "number: must be a number that is neither inf nor nan; received nan"),
        ({"tick": "yes"}, "tick: must be true or false, without quotes; received 'yes'"),
        ({"tick": 1}, "tick: must be true or false, without quotes; received 1"),
        ({"word": "green"}, "word: must be one of 'red', 'blue'; received 'green'"),
        ({"name": "A b"}, "name: must be small letters, digits and single hyphens between them, as"),
        ({"other": "b"}, "other: must have the form ^a+$; received 'b'"),
        ({"other": "aaaa"}, "other: must have at most 3 letters; received 'aaaa'"),
        ({"other": 7}, "other: must be text in quotes; received 7"),
        ({"options": 7}, "options: must be a list in square brackets; received 7"),
        ({"options": []}, "options: must have at least 1, has 0"),
        ({"options": [{"text": "a"}] * 3}, "options: must have at most 2, has 3"),
        ({"options": [{"text": "a"}, {"text": ""}]}, "option 2, text: must be text that is not empty"),
        ({"options": [{}]}, "option 1, text: is missing"),
        ({"options": ["a"]}, "option 1: must be a table of keys and values; received 'a'"),
        ({"table": 7}, "table: must be a table of keys and values; received 7"),
        ({"table": {"a": "x"}}, "table.a: must be a whole number"),
        ({"inner": {}}, "inner.text: is missing"),
        ({"inner": {"txt": "a"}}, "inner.txt: unknown key; 'text' is needed"),
        (
            {"colour": 1},
            "colour: unknown key; there are whole, number, tick, word, name, other, options, table",
        ),
        ({"options": [{"text": "a", "colour": 1}]}, "option 1, colour: unknown key; there are text"),
        ({"whole": [1, 2]}, "whole: must be a whole number, without quotes; received a list of 2"),
        ({"whole": {"a": 1}}, "whole: must be a whole number, without quotes; received a table"),
        ({"other": "b" * 500}, f"received '{'b' * 59}…"),
    ],
)
def test_every_fault_is_told_once_with_what_is_allowed_and_what_was_received(
    given: object, what: str
) -> None:
    (found,) = told(given)
    assert what in found
    assert "Input" not in found
    assert "[type" not in found


def test_a_value_too_deep_to_be_written_is_named_all_the_same() -> None:
    class Deep:
        def __repr__(self) -> str:
            raise RecursionError

    assert shown(Deep()) == "a value that cannot be shown"
