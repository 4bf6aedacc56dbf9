"""What a pydantic model refused of a file's data, in words for those who write such files.

Every kind of fault has a sentence of ours here; what pydantic itself says is never shown. Places in lists are
counted from 1, as people do.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

LONGEST_SHOWN = 60
"""Letters of a value that a message repeats."""

ONE_OF = {"concepts": "concept", "mistakes": "mistake", "options": "option", "prerequisites": "prerequisite"}
ONE_OF |= {"steps": "step", "claims": "claim", "published": "published id"}
"""What an entry of a list is called."""

TEXT = "must be text in quotes"
NUMBER = "must be a number, without quotes"
WHOLE = "must be a whole number, without quotes"
TRUTH = "must be true or false, without quotes"
LIST = "must be a list in square brackets"
TABLE = "must be a table of keys and values"

TYPES = {
    "string_type": TEXT,
    "string_unicode": TEXT,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": "must be a number that is neither inf nor nan",
    "bool_type": TRUTH,
    "bool_parsing": TRUTH,
    "list_type": LIST,
    "tuple_type": LIST,
    "dict_type": TABLE,
    "model_type": TABLE,
    "model_attributes_type": TABLE,
    "dataclass_type": TABLE,
    "date_type": "must be a date",
    "none_required": "must be left out",
    "recursion_loop": "is nested too deeply",
}

BOUNDS = {
    "greater_than": ("gt", "must be above {}"),
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than": ("lt", "must be below {}"),
    "less_than_equal": ("le", "must be at most {}"),
}

QUESTION_ID = "^[a-z0-9]+(-[a-z0-9]+)*$"
PATTERNS = {QUESTION_ID: "must be small letters, digits and single hyphens between them, as 'l1-best-guess'"}


Place = tuple[int | str, ...]


class Several(ValueError):
    """Several faults of one value.

    Args:
        faults: for each the line within the value, counted from 0, and what is wrong.
    """

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(what for _, what in faults))
        self.faults = tuple(faults)


def first_causes(error: ValidationError) -> list[ErrorDetails]:
    """List what was refused, without what only follows.

    A list is "too short" once its items are refused; a key is missing once its name is misspelt.
    """
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    misspelt = _misspelt(faults)
    for wrong, meant in misspelt.items():
        next(fault for fault in faults if fault["loc"] == wrong)["ctx"] = {"meant": meant[-1]}
    return [
        fault
        for fault in faults
        if not (fault["type"] == "missing" and fault["loc"] in misspelt.values())
        and not (fault["type"] == "too_short" and _holds_faults(fault["loc"], places))
    ]


def _holds_faults(table: Place, places: Sequence[Place]) -> bool:
    return any(place[: len(table)] == table for place in places if place != table)


def _misspelt(faults: Sequence[ErrorDetails]) -> dict[Place, Place]:
    """Find keys that are not known where one of nearly the same name is missing: one fault, not two."""
    missing = [fault["loc"] for fault in faults if fault["type"] == "missing"]
    found: dict[Place, Place] = {}
    for fault in faults:
        if not fault["loc"]:  # of the whole
            continue
        *table, key = fault["loc"]
        if fault["type"] != "extra_forbidden":
            continue
        beside = {str(place[-1]): place for place in missing if list(place[:-1]) == table}
        for name in difflib.get_close_matches(str(key), beside, 1):
            found[fault["loc"]] = beside[name]
    return found


def describe(fault: ErrorDetails, within: int = 0) -> str:
    """Say what was refused, and where in its table.

    Args:
        fault: one of `first_causes`.
        within: how many parts of its location to leave out.
    """
    return located(fault["loc"][within:], what_is_wrong(fault))


def located(location: Sequence[int | str], what: str) -> str:
    """Put the place of a fault before it: `option 2, feedback: is missing`."""
    where = in_words(location)
    return f"{where}: {what}" if where else what


def in_words(location: Sequence[int | str]) -> str:
    """Say a location as people do: `("options", 1, "feedback")` is `option 2, feedback`."""
    parts: list[str] = []
    numbered = any(isinstance(part, int) for part in location)
    for part in location:
        if part == "[key]":
            continue
        if isinstance(part, int):
            held = parts.pop() if parts else "entry"
            parts.append(f"{ONE_OF.get(held, held)} {part + 1}")
        else:
            parts.append(part)
    return (", " if numbered else ".").join(parts)


def what_is_wrong(fault: ErrorDetails) -> str:
    """Say what was refused of a value, what is allowed, and what was received."""
    kind, about = fault["type"], fault.get("ctx", {})
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return f"unknown key; {about['meant']!r} is needed" if "meant" in about else "unknown key"
    if kind in {"missing", "union_tag_not_found"}:
        return "is missing" if kind == "missing" else f"{_tag(about)} is missing"
    if kind in {"value_error", "assertion_error"}:
        return str(about.get("error", fault["msg"]))
    if kind in {"too_short", "too_long"}:
        return f"{_allowed(kind, about)}, has {about['actual_length']}"
    received = repr(about["tag"]) if kind == "union_tag_invalid" else shown(fault["input"])
    return f"{_allowed(kind, about)}; received {received}"


def _allowed(kind: str, about: Mapping[str, Any]) -> str:
    if kind in TYPES:
        return TYPES[kind]
    if kind in BOUNDS:
        name, words = BOUNDS[kind]
        return words.format(f"{about[name]:,}" if isinstance(about[name], int) else f"{about[name]:g}")
    if kind.endswith(("too_short", "too_long")):
        return _length(kind, about)
    if kind in {"literal_error", "enum"}:
        return f"must be one of {about['expected']}".replace(" or ", ", ")
    if kind == "union_tag_invalid":
        return f"{_tag(about)} must be one of {about['expected_tags']}"
    pattern = str(about.get("pattern", ""))
    return PATTERNS.get(pattern, f"must have the form {pattern}") if pattern else "cannot be read"


def _length(kind: str, about: Mapping[str, Any]) -> str:
    least = kind.endswith("short")
    number = about["min_length"] if least else about["max_length"]
    if kind == "string_too_short" and number == 1:
        return "must be text that is not empty"
    return f"must have at {'least' if least else 'most'} {number}{' letters' if 'string' in kind else ''}"


def _tag(about: Mapping[str, Any]) -> str:
    return str(about.get("discriminator", "kind")).strip("'")


def shown(value: object) -> str:
    """Write a value as an author would, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "a value that cannot be shown"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
