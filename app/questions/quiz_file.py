"""Reading `quiz.toml`: every fault in it at once, each with its line and the question it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError

from app.course.problem import Problem
from app.course.question import Question
from app.course.toml_file import Lines, read_toml
from app.questions.kind import Kinds
from app.validation import describe, first_causes

Read = tuple[tuple[Question, ...], list[Problem]]


class QuestionOfNoKind(Question):
    """What is known of a question whose kind is not: it is read for its other faults."""

    model_config = ConfigDict(extra="ignore")

    kind: Any = None


def read_quiz(path: Path, shown: Path, pictures: Mapping[str, str], kinds: Kinds) -> Read:
    """Read a lesson's questions.

    Args:
        path: the file.
        shown: how problems name it.
        pictures: the addresses of the lesson's pictures, by file name.
        kinds: every kind of question, by the names that `kind` may have.

    Returns:
        The questions that are sound, and what is wrong with the others.
    """
    file, problems = read_toml(path, shown)
    if file is None:
        return (), problems
    problems += [
        Problem(shown, f"unknown key {key!r}; a quiz holds only [[question]] tables", file.lines.find((key,)))
        for key in file.data
        if key != "question"
    ]
    tables = file.data.get("question", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return (), [*problems, Problem(shown, "questions must be written as [[question]] tables")]
    questions = []
    for index, table in enumerate(tables):
        question, faults = _read_question(table, pictures, kinds)
        name = str(table.get("id") or f"question {index + 1}")
        problems += [
            Problem(shown, what, _line(file.lines, index, location), name) for location, what in faults
        ]
        questions += [question] if question else []
    return tuple(questions), problems


Fault = tuple[Sequence[int | str], str]
"""Where in a question's table, and what is wrong."""


def _read_question(
    table: Mapping[str, Any], pictures: Mapping[str, str], kinds: Kinds
) -> tuple[Question | None, list[Fault]]:
    context = {"pictures": dict(pictures), "question": str(table.get("id", ""))}
    name = table.get("kind")
    kind = kinds.get(name) if isinstance(name, str) else None
    schema = kind.schema if kind else QuestionOfNoKind
    faults = [] if kind else [_no_such_kind(table, kinds)]
    try:
        question = schema.model_validate(table, context=context)
    except ValidationError as error:
        return None, [*faults, *_faults(error)]
    return (question, []) if kind else (None, faults)


def _no_such_kind(table: Mapping[str, Any], kinds: Kinds) -> Fault:
    if "kind" not in table:
        return ("kind",), "kind: is missing"
    allowed = " or ".join(repr(name) for name in kinds)
    return ("kind",), f"kind: must be {allowed}; received {table['kind']!r}"


def _faults(error: ValidationError) -> Iterator[Fault]:
    for fault in first_causes(error):
        yield fault["loc"], describe(fault)


def _line(lines: Lines, question: int, location: Sequence[int | str]) -> int:
    return lines.find(("question", question, *location))
