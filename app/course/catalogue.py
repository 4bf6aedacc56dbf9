"""All lessons and questions of a course, read once; what is faulty is reported all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.course.lesson import Lesson, read_lesson
from app.course.problem import Problem
from app.course.quiz import Question
from app.errors import CourseError, NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Catalogue:
    """The lessons in order."""

    lessons: tuple[Lesson, ...]

    def lesson(self, slug: str) -> Lesson:
        """Find a lesson by the name in its address.

        Raises:
            NotFound: there is none.
        """
        for lesson in self.lessons:
            if lesson.slug == slug:
                return lesson
        raise NotFound(f"there is no lesson {slug[:80]!r}")

    def question(self, question_id: str) -> Question:
        """Find a question by its id.

        Raises:
            NotFound: there is none.
        """
        for question in self.lesson_of(question_id).questions:
            if question.id == question_id:
                return question
        raise NotFound(f"there is no question {question_id[:80]!r}")

    def lesson_of(self, question_id: str) -> Lesson:
        """Find the lesson that a question belongs to.

        Raises:
            NotFound: there is no such question.
        """
        for lesson in self.lessons:
            if any(question.id == question_id for question in lesson.questions):
                return lesson
        raise NotFound(f"there is no question {question_id[:80]!r}")


def load_catalogue(folder: Path) -> Catalogue:
    """Read a course.

    Raises:
        CourseError: one line for every fault in every file, as `file:line: question: what`.
    """
    catalogue, problems = read_course(folder)
    if problems:
        raise CourseError([str(problem) for problem in problems])
    return catalogue


def read_course(folder: Path) -> tuple[Catalogue, list[Problem]]:
    """Read what can be read of a course, and list what is wrong with the rest."""
    if not folder.is_dir():
        return Catalogue(()), [Problem(Path(folder.name), "there is no such folder of lessons")]
    lessons, problems = [], []
    for path in sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"):
        lesson, faults = read_lesson(path, folder)
        problems += faults
        if lesson is not None:
            lessons.append(lesson)
    if not lessons and not problems:
        problems.append(Problem(Path(folder.name), "there are no lessons in this folder"))
    catalogue = Catalogue(tuple(sorted(lessons, key=lambda lesson: lesson.number)))
    return catalogue, [*problems, *_doubles(catalogue)]


def _doubles(catalogue: Catalogue) -> list[Problem]:
    slugs = _repeated(lesson.slug for lesson in catalogue.lessons)
    numbers = _repeated(lesson.number for lesson in catalogue.lessons)
    ids = _repeated(question.id for lesson in catalogue.lessons for question in lesson.questions)
    problems = []
    for lesson in catalogue.lessons:
        path = Path(lesson.folder.name)
        if lesson.slug in slugs:
            problems.append(Problem(path, f"another lesson is called {lesson.slug!r} too"))
        if lesson.number in numbers:
            problems.append(Problem(path, f"another lesson has the number {lesson.number:02} too"))
        problems += [
            Problem(path / "quiz.toml", "another question has this id too; ids are kept for ever", None, name)
            for name in dict.fromkeys(question.id for question in lesson.questions)
            if name in ids
        ]
    return problems


def _repeated(values: Iterable[T]) -> set[T]:
    return {value for value, count in Counter(values).items() if count > 1}
