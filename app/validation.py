"""What a pydantic model refused, in words for those who wrote it: a file of the course, or a request.

Every kind of fault has a sentence of ours here; what pydantic itself says is never shown. Places in lists are
counted from 1, as people do. Files are TOML, requests are JSON: the sentences name what stands in each.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
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

IN_JSON = {
    TEXT: "must be text",
    NUMBER: "must be a number",
    WHOLE: "must be a whole number",
    TRUTH: "must be true or false",
    LIST: "must be a list",
    TABLE: "must be an object of names and values",
}
"""The same where no author writes quotes and brackets."""

NO_JSON = {"json_invalid", "json_type"}

UNKNOWN_KEY = "unknown key"
UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}

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
ATTEMPT = "^[A-Za-z0-9_.:-]{1,128}$"
VIEWER = "^[A-Za-z0-9]{0,32}$"
DEVICE = "^(auto|cpu|cuda(:[0-9]{1,2})?)$"
DEVICES = "^(auto|all|(cpu|cuda(:[0-9]{1,2})?)(,(cpu|cuda(:[0-9]{1,2})?)){0,15})$"
PATTERNS = {
    QUESTION_ID: "must be small letters, digits and single hyphens between them, as 'l1-best-guess'",
    ATTEMPT: "must be 1 to 128 letters, digits or any of _.:- ; make a new random one for each answer",
    VIEWER: "must be at most 32 letters and digits",
    DEVICES: "must be auto, cpu, cuda, a GPU as cuda:1, several as cuda:0,cuda:1, or all for every GPU",
}


Place = tuple[int | str, ...]
RequestFaults = Sequence[ErrorDetails]
"""What was refused of a request, as FastAPI lists it."""


class Several(ValueError):
    """Several faults of one value.

    Args:
        faults: for each the line within the value, counted from 0, and what is wrong.
    """

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(what for _, what in faults))
        self.faults = tuple(faults)


def first_causes(error: ValidationError | RequestFaults) -> list[ErrorDetails]:
    """List what was refused, without what only follows.

    A list is "too short" once its items are refused; a key is missing once its name is misspelt.
    """
    faults = error.errors(include_url=False) if isinstance(error, ValidationError) else [*error]
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
        if fault["type"] not in UNKNOWN:
            continue
        beside = {str(place[-1]): place for place in missing if list(place[:-1]) == table}
        for name in difflib.get_close_matches(str(key), beside, 1):
            found[fault["loc"]] = beside[name]
    return found


def describe(fault: ErrorDetails, within: int = 0, form: type[BaseModel] | None = None) -> str:
    """Say what was refused, and where in its table.

    Args:
        fault: one of `first_causes`.
        within: how many parts of its location to leave out.
        form: what the whole was validated by; an unknown key is told with those that there are.
    """
    return located(fault["loc"][within:], what_is_wrong_of(fault, form))


def what_is_wrong_of(fault: ErrorDetails, form: type[BaseModel] | None) -> str:
    """Say what was refused; of an unknown key, which there are in its table of a form."""
    what = what_is_wrong(fault)
    if what == UNKNOWN_KEY and form is not None:
        return f"{what}; there are {', '.join(_keys_beside(form, fault['loc']))}"
    return what


def _keys_beside(form: type[BaseModel], location: Place) -> list[str]:
    """List the keys of the table at this location, whose parts may also name forms by their kind."""
    forms = [form]
    for part in location[:-1]:
        inner = [one for outer in forms for one in _forms_in(outer, part)]
        forms = inner or [one for one in forms if part in _kinds_of(one)] or forms
    return list(
        dict.fromkeys(field.alias or name for one in forms for name, field in one.model_fields.items())
    )


def _forms_in(form: type[BaseModel], key: int | str) -> list[type[BaseModel]]:
    fields = (field for name, field in form.model_fields.items() if key in (name, field.alias))
    return [one for field in fields for one in models_in(field.annotation)]


def _kinds_of(form: type[BaseModel]) -> tuple[object, ...]:
    return get_args(form.model_fields["kind"].annotation) if "kind" in form.model_fields else ()


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """List the tables of their own within a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def first_refused(
    error: ValidationError | RequestFaults, known: Iterable[str], whole: str = "the body"
) -> tuple[str, str | None]:
    """Say what was refused first of JSON, or of the address and the headers of a request.

    Args:
        error: every fault; those that FastAPI lists say first what part of the request they are of.
        known: the names that there are.
        whole: what to call that which is refused as a whole.

    Returns:
        The sentence, and the name of the field; None where the whole was refused.
    """
    fault = first_causes(error)[0]
    location = fault["loc"] if isinstance(error, ValidationError) else fault["loc"][1:]
    if fault["type"] in NO_JSON:
        return f"{whole} is not JSON that can be read", None
    what = what_is_wrong(fault, IN_JSON).replace("received a table", "received an object")
    if fault["type"] in UNKNOWN and (names := ", ".join(known)):
        what = f"{UNKNOWN_KEY}; there are {names}"
    if not location:
        return f"{whole} {what}", None
    return located(location, what), ".".join(str(part) for part in location)


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


def what_is_wrong(fault: ErrorDetails, words: Mapping[str, str] = types.MappingProxyType({})) -> str:
    """Say what was refused of a value, what is allowed, and what was received.

    Args:
        fault: one of `first_causes`.
        words: sentences that stand in for others.
    """
    kind, about = fault["type"], fault.get("ctx", {})
    if kind in UNKNOWN:
        return f"{UNKNOWN_KEY}; {about['meant']!r} is needed" if "meant" in about else UNKNOWN_KEY
    if kind in {"missing", "union_tag_not_found"}:
        return "is missing" if kind == "missing" else f"{_tag(about)} is missing"
    if kind in {"value_error", "assertion_error"}:
        return str(about.get("error", fault["msg"]))
    if kind in {"too_short", "too_long"}:
        return f"{_allowed(kind, about)}, has {about['actual_length']}"
    received = repr(about["tag"]) if kind == "union_tag_invalid" else shown(fault["input"])
    allowed = _allowed(kind, about)
    return f"{words.get(allowed, allowed)}; received {received}"


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
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "a value that cannot be shown"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
