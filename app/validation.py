"""What a pydantic model refused of a file's data, in words for those who write such files."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def first_causes(error: ValidationError) -> list[ErrorDetails]:
    """List what was refused, without what only follows: a list is "too short" once its items are refused."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] for place in places if place != fault["loc"])
    ]


def describe(fault: ErrorDetails, within: int = 0) -> str:
    """Say what was refused, and where in its table.

    Args:
        fault: one of `first_causes`.
        within: how many parts of its location to leave out.
    """
    where = ".".join(str(part) for part in fault["loc"][within:])
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key"
    if fault["type"] == "missing":
        return f"{where}: is missing"
    if fault["type"] in {"too_short", "too_long"} and "actual_length" in fault.get("ctx", {}):
        about = fault["ctx"]
        bound = (
            f"at least {about['min_length']}" if "min_length" in about else f"at most {about['max_length']}"
        )
        return f"{where}: must have {bound}, has {about['actual_length']}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
