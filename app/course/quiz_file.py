"""Reading `quiz.toml`: every fault in it at once, each with its line and the question it belongs to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.course.problem import Problem
from app.course.quiz import Question

HEADER = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]\]?")
KEY = re.compile(r"\s*([\w-]+)\s*=")
ERROR_LINE = re.compile(r"at line (\d+)")
TRIPLE = re.compile(r"\"\"\"|'''")


def read_quiz(
    path: Path, shown: Path, pictures: Mapping[str, str]
) -> tuple[tuple[Question, ...], list[Problem]]:
    """Read a lesson's questions.

    Args:
        path: the file.
        shown: how problems name it.
        pictures: the addresses of the lesson's pictures, by file name.

    Returns:
        The questions that are sound, and what is wrong with the others.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        return (), [Problem(shown, f"cannot be read: {error.strerror}")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = ERROR_LINE.search(str(error))
        return (), [Problem(shown, f"is not valid TOML: {error}", int(found.group(1)) if found else None)]
    problems = [
        Problem(shown, f"unknown key {key!r}; a quiz holds only [[question]] tables")
        for key in data
        if key != "question"
    ]
    tables = data.get("question", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return (), [*problems, Problem(shown, "questions must be written as [[question]] tables")]
    return _validate(tables, Lines(text), shown, pictures, problems)


def _validate(
    tables: Sequence[dict[str, Any]],
    lines: Lines,
    shown: Path,
    pictures: Mapping[str, str],
    problems: list[Problem],
) -> tuple[tuple[Question, ...], list[Problem]]:
    questions = []
    for index, table in enumerate(tables):
        name = str(table.get("id") or f"question {index + 1}")
        try:
            questions.append(Question.model_validate(table, context={"pictures": dict(pictures)}))
        except ValidationError as error:
            problems += [
                Problem(shown, _describe(fault), lines.find(index, fault["loc"]), name)
                for fault in _first_causes(error)
            ]
    return tuple(questions), problems


def _first_causes(error: ValidationError) -> list[ErrorDetails]:
    """Leave out what only follows from another fault: a list is "too short" once its items are refused."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] for place in places if place != fault["loc"])
    ]


def _describe(fault: ErrorDetails) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key"
    if fault["type"] == "missing":
        return f"{where}: is missing"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


@dataclass
class Table:
    """Where a table of the file starts, and where its keys stand."""

    name: str
    line: int
    keys: dict[str, int] = field(default_factory=dict)


class Lines:
    """Finds the line of a value, which `tomllib` does not tell, by the file's headers and keys."""

    def __init__(self, text: str) -> None:
        self.tables = [Table("", 1)]
        quote = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if not quote:
                header, key = HEADER.match(line), KEY.match(line)
                if header:
                    self.tables.append(Table(header.group(1), number))
                elif key:
                    self.tables[-1].keys[key.group(1)] = number
            for mark in TRIPLE.findall(line):
                quote = ("" if mark == quote else quote) if quote else mark

    def find(self, question: int, path: Sequence[int | str]) -> int | None:
        """Return the line of a value inside the question with this index, or of what holds it."""
        starts = [index for index, table in enumerate(self.tables) if table.name == "question"]
        if question >= len(starts):
            return None
        end = starts[question + 1] if question + 1 < len(starts) else len(self.tables)
        own = self.tables[starts[question] : end]
        table, key = own[0], str(path[0]) if path else ""
        inner = [candidate for candidate in own if candidate.name == f"question.{key}"]
        number = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        if number < len(inner):
            table, key = inner[number], str(path[-1])
        return table.keys.get(key, table.line)
