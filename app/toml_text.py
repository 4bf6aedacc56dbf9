"""TOML from text, with its faults in plain words and at their line, whatever a file holds."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from app.toml_faults import in_words

DEEPEST = 50
"""Brackets within brackets that a value may have."""


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
        raise TomlFault(*in_words(str(error), text)) from error
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


def _longest_line(text: str) -> int:
    lines = text.split("\n")
    return 1 + max(range(len(lines)), key=lambda index: len(lines[index]))
