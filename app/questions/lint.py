"""The lint of a whole course: what is said of its lessons, and what each kind says of its questions.

A finding that breaks a question (its options are shuffled, so "all of the above" means nothing) is a
problem; one that makes it weaker is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from app.course import lint as course_lint
from app.course.catalogue import Catalogue
from app.course.problem import Problem
from app.course.question import Question
from app.questions.kind import Kind, Kinds
from app.questions.registry import KINDS


def find_problems(catalogue: Catalogue, kinds: Kinds = KINDS) -> list[Problem]:
    """List what must be mended before a question can be asked."""
    found = _of_questions(catalogue, lambda question: kinds[question.kind].problems(question))
    return [*found, *course_lint.find_problems(catalogue)]


def find_warnings(catalogue: Catalogue, kinds: Kinds = KINDS, faulty: Collection[Path] = ()) -> list[Problem]:
    """List what makes questions guessable, unfair or too few; of all together not where a file is faulty."""
    return [
        *_of_questions(catalogue, lambda question: kinds[question.kind].warnings(question)),
        *(problem for problem in _together(catalogue, kinds) if problem.path not in faulty),
        *course_lint.find_warnings(catalogue, faulty),
    ]


def _of_questions(catalogue: Catalogue, rule: Callable[[Question], Iterable[str]]) -> list[Problem]:
    return [
        course_lint.of_question(lesson, question, what)
        for lesson in catalogue.lessons
        for question in lesson.questions
        for what in rule(question)
    ]


def _together(catalogue: Catalogue, kinds: Kinds) -> list[Problem]:
    found = []
    for lesson in catalogue.lessons:
        by_kind: dict[str, list[Question]] = {}
        for question in lesson.questions:
            by_kind.setdefault(kinds[question.kind].name, []).append(question)
        for questions in by_kind.values():
            kind: Kind[Any] = kinds[questions[0].kind]
            found += [
                Problem(Path(lesson.folder.name) / "quiz.toml", what)
                for what in kind.warnings_together(questions)
            ]
    return found
