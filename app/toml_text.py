"""TOML from text, with its faults in plain words and at their line, whatever a file holds."""

from __future__ import annotations

import re
import tomllib
from typing import Any

PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
DEEPEST = 50
"""Brackets within brackets that a value may have."""

WORDS = (
    (r"Cannot overwrite a value", "a key or table stands here that is there already"),
    (r"Cannot declare .* twice", "this table is there already; tables of a list have two brackets, [[name]]"),
    (r"Cannot (mutate|redefine|declare) .*", "a name is used in two ways, here and above"),
    (r"Cannot .*", "a name is used in two ways, here and above"),
    (r"Duplicate inline table key.*", "a key is given twice"),
    (r"Expected '=' after a key.*", "a key needs '=' and a value after it"),
    (r"Invalid (initial character for a key part|statement).*", "a key or a [table] belongs here"),
    (r"Invalid value.*", "the value cannot be read: text stands in quotes, true and false do not"),
    (r"Expected newline or end of document.*", "something stands behind the value: one key a line"),
    (r"Unterminated string|Expected .* at .* string.*", "a text is never closed by its quotes"),
    (r"Unclosed (array|inline table).*|.*array.*comma.*", "a list or table is never closed by its bracket"),
    (r"Expected '\]+' at the end of .*", "a [table] needs its closing bracket"),
    (r"Unescaped '.*' in a string|Invalid hex value.*|Escaped character.*", "a backslash in double quotes"
     " must be written twice, or the text in single quotes"),
    (r"Illegal character '\\n'.*", "a text is not closed on its line; longer ones have triple quotes"),
    (r"Illegal character .*|Found invalid character.*", "a sign stands here that TOML does not allow"),
    (r"Invalid date or datetime.*", "there is no such date; a text stands in quotes"),
)  # fmt: skip
"""What `tomllib` says, and what an author is told."""


class TomlFault(ValueError):
    """A text that is not TOML: `what` in plain words, `line` counted from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"{what} (at line {line})")
        self.what = what
        self.line = line


def parse(text: str) -> dict[str, Any]:
    """Parse a text.

    Raises:
        TomlFault: it is not TOML, or nests too deeply to be taken apart.
    """
    _refuse_depth(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(str(error), text) from error
    except RecursionError as error:
        raise TomlFault("the brackets are nested too deeply", 1) from error
    except ValueError as error:  # of Python's own, as of a number with thousands of digits
        raise TomlFault("a number or a date cannot be read", _longest_line(text)) from error


def _refuse_depth(text: str) -> None:
    """Refuse what would end in recursion, here or where the value is looked at later."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count("[") > DEEPEST or line.count("{") > DEEPEST or line.count(".") > DEEPEST:
            bare = re.sub(r"\"(\\.|[^\"\\])*\"|'[^']*'", "", line)
            dots = bare.split("=", 1)[0].count(".")
            if _depth(bare, "[", "]") > DEEPEST or _depth(bare, "{", "}") > DEEPEST or dots > DEEPEST:
                raise TomlFault(f"more than {DEEPEST} brackets or dots are nested here", number)


def _depth(text: str, opening: str, closing: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == opening) - (letter == closing)
        deepest = max(deepest, depth)
    return deepest


def _fault(message: str, text: str) -> TomlFault:
    place = PLACE.search(message)
    said = PLACE.sub("", message)
    what = next(
        (words for pattern, words in WORDS if re.fullmatch(pattern, said, re.DOTALL)), "cannot be read"
    )
    if place and place[1]:
        return TomlFault(what, int(place[1]))
    opened = _open_quote(text)
    if said == "Invalid value":
        what = "a list or table is never closed by its bracket"
    if opened:
        return TomlFault("the triple quotes that open here are never closed", opened)
    return TomlFault(what, max(1, text.rstrip("\n").count("\n") + 1))


def _open_quote(text: str) -> int | None:
    """Return the line of triple quotes that are never closed."""
    quote, opened = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        for mark in re.findall(r"\"\"\"|'''", line):
            if not quote:
                quote, opened = mark, number
            elif mark == quote:
                quote = ""
    return opened if quote else None


def _longest_line(text: str) -> int:
    lines = text.split("\n")
    return 1 + max(range(len(lines)), key=lambda index: len(lines[index]))
