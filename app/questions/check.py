"""The course check: everything that can be wrong with a folder of lessons, found without a model.

Experiments need the engine; whoever has one runs them and compares with their claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.course.catalogue import Catalogue
from app.course.problem import Problem
from app.course.reading_time import time_problems
from app.course.snippets import SNIPPET_TIMEOUT_S, snippet_problems
from app.questions.catalogue import read_course
from app.questions.kind import Kinds
from app.questions.lint import find_problems, find_warnings
from app.questions.registry import KINDS


@dataclass(frozen=True)
class Report:
    """What a check found: `problems` must be mended, `warnings` should be looked at. One line each.

    `catalogue` is what could be read of the course.
    """

    catalogue: Catalogue
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def check_course(
    folder: Path,
    timeout_s: float = SNIPPET_TIMEOUT_S,
    kinds: Kinds = KINDS,
    only: str | None = None,
) -> Report:
    """Read every lesson and question, lint them, and run every snippet.

    Args:
        folder: of the lessons.
        timeout_s: how long one snippet may take.
        kinds: of the questions that the course may have.
        only: the folder of the one lesson that is asked about; the others are read, since lessons refer to
            each other, and neither run nor told of.
    """
    catalogue, found = read_course(folder, kinds)
    lessons = [lesson for lesson in catalogue.lessons if only in (None, lesson.folder.name)]
    faulty = frozenset(problem.path for problem in found)
    problems = [*found, *find_problems(catalogue, kinds), *snippet_problems(lessons, timeout_s)]
    warnings = [*find_warnings(catalogue, kinds, faulty), *time_problems(lessons, faulty)]
    return Report(
        catalogue,
        tuple(str(problem) for problem in problems if is_of(problem, only)),
        tuple(str(problem) for problem in warnings if is_of(problem, only)),
    )


def is_of(problem: Problem, only: str | None) -> bool:
    """Say whether a problem is one of the lesson in this folder; of any, where none is named."""
    return only is None or only in problem.path.parts[:1]
