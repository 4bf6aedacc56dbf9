"""What is wrong with a course as far as it shows without running anything: the check has it, and the reload.

The server takes some of it: a lab whose model is not installed is a note on its page there. No torch.
"""

from __future__ import annotations

from pathlib import Path

from app.cards import find_cards
from app.course.catalogue import Catalogue
from app.errors import CheckpointError
from app.experiment_check import experiment_problems
from app.labs.predictions import read_predictions
from app.labs.registry import missing_models, read_labs
from app.questions.catalogue import read_course
from app.questions.check import is_of
from app.questions.lint import find_problems


def faults_of_course(lessons: Path, models: Path) -> list[str]:
    """List every fault that the check finds without running snippets and experiments.

    Args:
        lessons: folder of the lessons.
        models: folder of the models.
    """
    catalogue, found = read_course(lessons)
    problems = [str(problem) for problem in [*found, *find_problems(catalogue)]]
    return [*problems, *check_against_models(catalogue, models)]


def check_against_models(catalogue: Catalogue, models: Path, only: str | None = None) -> list[str]:
    """Read every lab, prediction and experiment of the course as the server does; say what is wrong.

    Where a card cannot be read, nothing but that is said: labs and experiments may be right for its model.
    """
    try:
        cards = find_cards(models)
    except CheckpointError as error:
        return str(error).splitlines()
    labs, problems = read_labs(catalogue, cards)
    problems += read_predictions(catalogue, labs)[1]
    problems += [*missing_models(catalogue, labs), *experiment_problems(catalogue, cards)]
    problems.sort(key=lambda problem: (problem.path, problem.line or 0))
    return [str(problem) for problem in problems if is_of(problem, only)]
