"""A whole course, lessons and questions: the functions by which the server and the course check read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.course.catalogue import Catalogue, read_lessons
from app.course.lesson import ReadQuestions
from app.course.problem import Problem
from app.errors import CourseError
from app.questions.kind import Kinds
from app.questions.quiz_file import read_quiz
from app.questions.registry import KINDS


def load_catalogue(folder: Path, kinds: Kinds = KINDS) -> Catalogue:
    """Read a course.

    Args:
        folder: of the lessons.
        kinds: of the questions that it may have.

    Raises:
        CourseError: one line for every fault in every file, as `file:line: question: what`.
    """
    catalogue, problems = read_course(folder, kinds)
    if problems:
        raise CourseError([str(problem) for problem in problems])
    return catalogue


def read_course(folder: Path, kinds: Kinds = KINDS) -> tuple[Catalogue, list[Problem]]:
    """Read what can be read of a course, and list what is wrong with the rest."""

    def read(path: Path, root: Path, pictures: Mapping[str, str]) -> ReadQuestions:
        return read_quiz(path, root, pictures, kinds)

    return read_lessons(folder, read)
