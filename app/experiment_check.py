"""What is wrong with the experiments behind questions, as far as it shows without running one. No torch.

Every run that "Show me" would ask the engine for is read here as it is read there, claims or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app import pictures
from app.cards import Card, CardFile, named
from app.controls.request import read_request
from app.course.catalogue import Catalogue
from app.course.experiments import PlayerRun, PredictOnce
from app.course.lesson import QUIZ_FILE, Lesson
from app.course.problem import Problem
from app.engine.reading import read_run
from app.errors import InvalidRequest


def experiment_problems(catalogue: Catalogue, cards: Sequence[CardFile]) -> list[Problem]:
    """List the experiments that cannot be run.

    Args:
        catalogue: the lessons.
        cards: of every model.
    """
    return [
        Problem(
            Path(lesson.folder.name) / QUIZ_FILE,
            f"experiment: {what}",
            lesson.question_lines.get(question.id),
            question.id,
        )
        for lesson in catalogue.lessons
        for question in lesson.questions
        if question.experiment
        for what in _faults(question.experiment, lesson, cards)
    ]


def _faults(experiment: PredictOnce | PlayerRun, lesson: Lesson, cards: Sequence[CardFile]) -> Iterator[str]:
    try:
        card = named(experiment.model, cards).card
    except InvalidRequest as error:
        yield str(error)
        return
    if isinstance(experiment, PredictOnce):
        yield from _faults_of_call(experiment, lesson.pictures.get(experiment.picture), card)
    else:
        yield from _faults_of_run(experiment, card)


def _faults_of_call(experiment: PredictOnce, path: Path | None, card: Card) -> Iterator[str]:
    given = {"model": card.name, "label": experiment.label, "guidance": 1.0}
    try:
        read_run(read_request(given), card)
    except InvalidRequest as error:
        yield str(error)
    channels, height, width = card.shape
    if path is None:  # it is told of the picture itself
        return
    try:
        found = pictures.read_levels(path, channels).shape
    except InvalidRequest as error:
        yield str(error)
        return
    if found != (height, width, channels):
        size = f"{width} x {height} pixels, as those of the model {card.name}"
        yield f"the picture {experiment.picture!r} must have {size}; it has {found[1]} x {found[0]}"


def _faults_of_run(experiment: PlayerRun, card: Card) -> Iterator[str]:
    """Read the run and those beside it, up to the first fault: most are faults of all of them."""
    measures = [claim.measure for claim in experiment.claims]
    try:
        read_run(experiment.request(), card)
        for measure in measures:
            read_run(experiment.shown_beside(measure, card).request(), card)
    except InvalidRequest as error:
        yield str(error)
