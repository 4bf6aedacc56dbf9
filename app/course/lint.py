"""An author's lint of lessons and of what every question has: what was never taught, or is too little.

What makes a question of one kind easy to guess is known in that kind's own `lint.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.head import LESSON_FILE
from app.course.ids import read_ids, unpublished
from app.course.lesson import QUIZ_FILE, Lesson
from app.course.problem import Problem
from app.course.question import Question

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
NEGATION = re.compile(r"\b(not|never|except|cannot)\b|n['\u2019]t\b", re.IGNORECASE)

FEWEST_QUESTIONS = 8
FEWEST_EXPERIMENTS = 2


def without_code(text: str) -> str:
    """Leave the code out of a piece of Markdown: its words are not the author's."""
    return CODE.sub(" ", text)


def find_problems(catalogue: Catalogue) -> Iterator[Problem]:
    """List what must be mended in questions of every kind."""
    for lesson in catalogue.lessons:
        for question in lesson.questions:
            if question.experiment and not question.experiment.claims:
                what = (
                    "the experiment has no claims, so the check cannot tell whether it bears the key out; "
                    "add [[question.experiment.claims]]"
                )
                yield of_question(lesson, question, what)


def find_warnings(catalogue: Catalogue, faulty: Collection[Path] = ()) -> list[Problem]:
    """List what makes lessons thin, and questions unfair.

    Args:
        catalogue: the lessons.
        faulty: files with faults; what is not found in one may be in what could not be read.
    """
    found: list[Problem] = []
    taught: set[str] = set()
    all_known = True
    for lesson in catalogue.lessons:
        folder = Path(lesson.folder.name)
        all_known = all_known and "concepts" not in lesson.faulty_keys
        taught |= {concept.lower() for concept in lesson.concepts}
        if folder / LESSON_FILE not in faulty:
            found += [Problem(folder / LESSON_FILE, what) for what in _of_text(lesson)]
        if folder / QUIZ_FILE not in faulty:
            found += [Problem(folder / LESSON_FILE, what) for what in _of_quiz(lesson)]
        for question in lesson.questions:
            found += [of_question(lesson, question, what) for what in _negated_stem(question)]
            if all_known:
                found += [of_question(lesson, question, what) for what in _not_taught(question, taught)]
        ids, _ = read_ids(lesson.folder, lesson.folder.parent)
        found += unpublished(lesson, ids) if ids else []
    return found


def of_question(lesson: Lesson, question: Question, what: str) -> Problem:
    """Make a problem of a question, with the line at which it begins."""
    path = Path(lesson.folder.name) / QUIZ_FILE
    return Problem(path, what, lesson.question_lines.get(question.id), question.id)


def _negated_stem(question: Question) -> Iterator[str]:
    if found := NEGATION.search(without_code(question.stem)):
        yield f"the stem says {found.group()!r}; ask for what is true"


def _not_taught(question: Question, taught: set[str]) -> Iterator[str]:
    for concept in question.concepts:
        if concept.lower() not in taught:
            yield f"asks for {concept!r}, which no lesson taught so far"


def _of_text(lesson: Lesson) -> Iterator[str]:
    words = _words(lesson.text)
    for concept in lesson.concepts:
        if f" {_words(concept).strip()}" not in words:
            yield f"the concept {concept!r} is listed, but the text never names it"
    if not any(isinstance(block, Lab) for block in lesson.blocks):
        yield "the lesson has no lab"


def _of_quiz(lesson: Lesson) -> Iterator[str]:
    if len(lesson.questions) < FEWEST_QUESTIONS:
        yield f"questions: {len(lesson.questions)}; {FEWEST_QUESTIONS} are the fewest"
    experiments = sum(question.experiment is not None for question in lesson.questions)
    if experiments < FEWEST_EXPERIMENTS:
        yield f"{experiments} questions rest on an experiment; {FEWEST_EXPERIMENTS} are the fewest"


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
