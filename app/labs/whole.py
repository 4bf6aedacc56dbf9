"""A whole course: lessons and questions, labs and predictions; every fault of all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cards import CardFile
from app.course.catalogue import Catalogue
from app.errors import CourseError
from app.labs.predictions import read_predictions
from app.labs.registry import LabsOfLesson, read_labs
from app.predictions.reading import Predictions
from app.questions.catalogue import read_course
from app.questions.kind import Kinds
from app.questions.registry import KINDS


@dataclass(frozen=True)
class WholeCourse:
    """A course without faults.

    Args:
        catalogue: its lessons and questions.
        labs: of each lesson, by its slug.
        predictions: of all lessons.
    """

    catalogue: Catalogue
    labs: Mapping[str, LabsOfLesson]
    predictions: Predictions


def load_course(folder: Path, cards: Sequence[CardFile], kinds: Kinds = KINDS) -> WholeCourse:
    """Read a course as the server has it.

    Args:
        folder: of the lessons.
        cards: of the models on this machine.
        kinds: of the questions that it may have.

    Raises:
        CourseError: one line for every fault, as `file:line: question: what`.
    """
    catalogue, problems = read_course(folder, kinds)
    labs, faults = read_labs(catalogue, cards)
    predictions, more = read_predictions(catalogue, labs)
    if problems := [*problems, *faults, *more]:
        raise CourseError([str(problem) for problem in problems])
    return WholeCourse(catalogue, labs, predictions)
