"""An author's lint of lessons and of what every question has: what was never taught, or is too little.

What makes a question of one kind easy to guess is known in that kind's own `lint.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.ids import read_ids, unpublished
from app.course.lesson import Lesson
from app.course.problem import Problem
from app.course.question import Question

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
NEGATION = re.compile(r"\b(not|never|except|cannot)\b|n['\u2019]t\b", re.IGNORECASE)

FEWEST_QUESTIONS = 8
FEWEST_EXPERIMENTS = 2


def without_code(text: str) -> str:
    """Leave the code out of a piece of Markdown: its words are not the author's."""
    return CODE.sub(" ", text)


def find_warnings(catalogue: Catalogue) -> list[Problem]:
    """List what makes lessons thin, and questions unfair."""
    found = []
    taught: set[str] = set()
    for lesson in catalogue.lessons:
        folder = Path(lesson.folder.name)
        taught |= {concept.lower() for concept in lesson.concepts}
        found += [Problem(folder / "lesson.md", what) for what in _of_lesson(lesson)]
        found += [
            Problem(folder / "quiz.toml", what, None, question.id)
            for question in lesson.questions
            for what in (*_negated_stem(question), *_not_taught(question, taught))
        ]
        ids, _ = read_ids(lesson.folder, lesson.folder.parent)
        found += unpublished(lesson, ids) if ids else []
    return found


def _negated_stem(question: Question) -> Iterator[str]:
    if found := NEGATION.search(without_code(question.stem)):
        yield f"the stem says {found.group()!r}; ask for what is true"


def _not_taught(question: Question, taught: set[str]) -> Iterator[str]:
    for concept in question.concepts:
        if concept.lower() not in taught:
            yield f"asks for {concept!r}, which no lesson taught so far"


def _of_lesson(lesson: Lesson) -> Iterator[str]:
    words = _words(lesson.text)
    for concept in lesson.concepts:
        if f" {_words(concept).strip()}" not in words:
            yield f"the concept {concept!r} is listed, but the text never names it"
    if not any(isinstance(block, Lab) for block in lesson.blocks):
        yield "the lesson has no lab"
    if len(lesson.questions) < FEWEST_QUESTIONS:
        yield f"questions: {len(lesson.questions)}; {FEWEST_QUESTIONS} are the fewest"
    experiments = sum(question.experiment is not None for question in lesson.questions)
    if experiments < FEWEST_EXPERIMENTS:
        yield f"{experiments} questions rest on an experiment; {FEWEST_EXPERIMENTS} are the fewest"


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
