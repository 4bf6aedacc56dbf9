"""Reading `quiz.toml`: every fault in it at once, each with its line and the question it belongs to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from app.course.lesson import ReadQuestions
from app.course.place import Link
from app.course.problem import Problem
from app.course.question import Question, Text
from app.course.toml_file import Lines, Location, TomlFile, read_toml
from app.questions.kind import Fault, Kinds
from app.validation import QUESTION_ID, Several, first_causes, located, shown, what_is_wrong_of

ID_LINE = re.compile(r"^\s*id\s*=\s*(\"{3}|'{3}|\"|')(.*?)\1", re.MULTILINE)
MOST_QUESTIONS = 200
"""Tables of a quiz: far more than a lesson has, so that a file of nonsense is told in one line."""


class QuestionOfNoKind(Question):
    """What is known of a question whose kind is not: it is read for its other faults."""

    model_config = ConfigDict(extra="ignore")

    kind: Any = None


def read_quiz(path: Path, root: Path, pictures: Mapping[str, str], kinds: Kinds) -> ReadQuestions:
    """Read a lesson's questions.

    Args:
        path: the file.
        root: the folder of all lessons; problems name the file from there.
        pictures: the addresses of the lesson's pictures, by file name.
        kinds: every kind of question, by the names that `kind` may have.

    Returns:
        The questions that are sound, and what is wrong with the others.
    """
    file, problems, text = read_toml(path, root)
    if file is None:
        return ReadQuestions(
            problems=tuple(problems), ids=tuple(found[2] for found in ID_LINE.finditer(text))
        )
    here = path.relative_to(root)
    problems += [
        Problem(
            here, f"unknown key {key[:80]!r}; a quiz holds only [[question]] tables", file.lines.find((key,))
        )
        for key in file.data
        if key != "question"
    ]
    tables = file.data.get("question", [])
    what = _no_list_of_questions(tables)
    if what:
        problems.append(Problem(here, what, file.lines.find(("question",))))
        return ReadQuestions(problems=tuple(problems))
    return _read_tables(tables, file, here, pictures, kinds, problems)


def _no_list_of_questions(tables: object) -> str | None:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return "questions must be written as [[question]] tables"
    if len(tables) > MOST_QUESTIONS:
        return f"has {len(tables):,} questions; at most {MOST_QUESTIONS} are read"
    return None


def _read_tables(
    tables: Sequence[Mapping[str, Any]],
    file: TomlFile,
    here: Path,
    pictures: Mapping[str, str],
    kinds: Kinds,
    problems: list[Problem],
) -> ReadQuestions:
    questions: list[Question] = []
    links: list[Link] = []
    ids: dict[str, int] = {}
    for index, table in enumerate(tables):
        name = _name_of(table, index)
        question, faults = _read_question(table, index + 1, pictures, kinds)
        for location, what, offset in faults:
            problems.append(Problem(here, what, _line(file.lines, index, location, offset), name))
        line = file.lines.find(("question", index))
        if isinstance(table.get("id"), str) and ids.setdefault(table["id"], line) != line:
            what = f"the question of line {ids[table['id']]} has this id too; ids are kept for ever"
            problems.append(Problem(here, what, file.lines.find(("question", index, "id")), name))
        if question:
            questions.append(question)
            for location, address in _links_of(question):
                line = file.lines.line_of_text(("question", index, *location))
                links.append(Link(here, line, question.id, address))
    problems.sort(key=lambda problem: problem.line or 0)
    all_sound = all(re.fullmatch(QUESTION_ID, name) for name in ids)  # else one of them is meant otherwise
    return ReadQuestions(
        tuple(questions),
        tuple(problems),
        tuple(ids),
        len(ids) >= len(tables) and all_sound,
        ids,
        tuple(links),
    )


def _name_of(table: Mapping[str, Any], index: int) -> str:
    given = table.get("id")
    return given[:80] if isinstance(given, str) and given.isprintable() and given else f"question {index + 1}"


Located = tuple[Location, str, int]
"""Where in a question's table, what is wrong, and how many lines below the beginning of that text."""


def _read_question(
    table: Mapping[str, Any], number: int, pictures: Mapping[str, str], kinds: Kinds
) -> tuple[Question | None, list[Located]]:
    context = {"pictures": dict(pictures), "question": str(table.get("id", ""))[:80]}
    name = table.get("kind")
    kind = kinds.get(name) if isinstance(name, str) else None
    schema = kind.schema if kind else QuestionOfNoKind
    faults: list[Located] = [] if kind else [(*_no_such_kind(table, kinds), 0)]
    if kind:
        faults += [(location, f"question {number} {what}", 0) for location, what in kind.together(table)]
    try:
        question = schema.model_validate(table, context=context)
    except ValidationError as error:
        return None, [*faults, *_faults(error, schema)]
    return (question, []) if kind and not faults else (None, faults)


def _no_such_kind(table: Mapping[str, Any], kinds: Kinds) -> Fault:
    if "kind" not in table:
        return ("kind",), "kind: is missing"
    allowed = " or ".join(repr(name) for name in kinds)
    return ("kind",), f"kind: must be {allowed}; received {shown(table['kind'])}"


def _without_misplaced(faults: Sequence[ErrorDetails], known: Collection[str]) -> Iterator[ErrorDetails]:
    """Say of keys that stand below a table of their question, and belong above it, that they do, once."""
    below = [
        fault
        for fault in faults
        if fault["type"] == "extra_forbidden" and len(fault["loc"]) > 1 and fault["loc"][-1] in known
    ]
    for fault in below:
        what = "is a key of the question: it stands above its tables, as [[question.options]]"
        fault["type"], fault["ctx"] = "value_error", {"error": what}
    keys = {(fault["loc"][-1],) for fault in below}
    yield from (fault for fault in faults if not (fault["type"] == "missing" and fault["loc"] in keys))


def _faults(error: ValidationError, schema: type[Question]) -> Iterator[Located]:
    for fault in _without_misplaced(first_causes(error), schema.model_fields):
        what = what_is_wrong_of(fault, schema)
        location = _without_tag(fault["loc"])
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, Several):
            yield from ((location, located(location, what), offset) for offset, what in cause.faults)
        else:
            yield location, located(location, what), 0


def _without_tag(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Leave out which kind of experiment it is, which pydantic puts after `experiment`."""
    return (location[0], *location[2:]) if location[:1] == ("experiment",) and len(location) > 1 else location


def _line(lines: Lines, question: int, location: Location, offset: int) -> int:
    place = ("question", question, *location)
    return lines.line_of_text(place) + offset if offset else lines.find(place)


def _links_of(value: object, location: tuple[int | str, ...] = ()) -> Iterator[tuple[Location, str]]:
    """List the links of a question's texts, with the place of each text."""
    if isinstance(value, Text):
        yield from ((location, address) for address in value.links)
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _links_of(one, (*location, index))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _links_of(getattr(value, name), (*location, name))
