"""TOML files of a course: read with the line of every value, which `tomllib` does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.course.files import Unreadable, read_text
from app.course.problem import Problem
from app.toml_faults import lost_backslashes
from app.toml_text import TomlFault, parse

HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
OPENS_BELOW = re.compile(r"=\s*(\"\"\"|''')\s*$")
TRIPLE = re.compile(r"\"\"\"|'''")

Location = Sequence[int | str]


@dataclass
class Table:
    """Where a table of the file starts, and where its keys stand."""

    name: str
    line: int
    keys: dict[str, int] = field(default_factory=dict)


class Lines:
    """Finds the line of a value by the file's headers and keys.

    Args:
        text: of the file.
    """

    def __init__(self, text: str) -> None:
        self._text = text.split("\n")
        self._tables = [Table("", 1)]
        quote = ""
        for number, line in enumerate(self._text, start=1):
            if not quote and line.lstrip().startswith("#"):
                continue
            if not quote:
                header, key = HEADER.match(line), KEY.match(line)
                if header:
                    self._tables.append(Table(header.group(1), number))
                elif key:
                    self._tables[-1].keys[key.group(1)] = number
            for mark in TRIPLE.findall(line):
                quote = ("" if mark == quote else quote) if quote else mark

    def find(self, location: Location) -> int:
        """Return the line of a value, or of what holds it.

        Args:
            location: keys and indexes from the file's top, as `("question", 2, "options", 0, "text")`.
        """
        scope, table, name = self._tables, self._tables[0], ""
        for place, part in enumerate(location):
            inner = f"{name}.{part}" if name else str(part)
            starts = [index for index, one in enumerate(scope) if one.name == inner]
            index = location[place + 1] if place + 1 < len(location) else 0
            number = index if isinstance(index, int) else 0
            if number < len(starts):
                end = starts[number + 1] if number + 1 < len(starts) else len(scope)
                scope = scope[starts[number] : end]
                table, name = scope[0], inner
            elif part in table.keys:
                return table.keys[str(part)]
        return table.line

    def find_text(self, text: str) -> int | None:
        """Return the first line with this text in it."""
        return next((number for number, line in enumerate(self._text, start=1) if text in line), None)

    def line_of_text(self, location: Location) -> int:
        """Return the line at which a text begins: below the key, where triple quotes end its line."""
        line = self.find(location)
        return line + 1 if OPENS_BELOW.search(self._text[line - 1]) else line


@dataclass(frozen=True)
class TomlFile:
    """A file that could be read: its `data`, and the lines of it."""

    data: Mapping[str, Any]
    lines: Lines


def read_toml(path: Path, root: Path) -> tuple[TomlFile | None, list[Problem], str]:
    """Read a file.

    Args:
        path: the file, within the folder that it must not lead out of.
        root: the folder of all lessons; problems name the file from there.

    Returns:
        The file, or None and why it cannot be read; and its text, as far as that could be read.
    """
    shown = path.relative_to(root)
    try:
        text = read_text(path, path.parent)
    except Unreadable as fault:
        return None, [Problem(shown, fault.what, fault.line)], ""
    lost = [Problem(shown, what, line) for what, line in lost_backslashes(text)]
    try:
        file = TomlFile(parse(text), Lines(text))
        return (None if lost else file), lost, text
    except TomlFault as fault:
        return None, [Problem(shown, f"is not valid TOML: {fault.what}", fault.line)], text
