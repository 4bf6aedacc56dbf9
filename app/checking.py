"""`fromnoise check`: the course's files, and what its questions claim of experiments, run on the models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from app.course.catalogue import Catalogue
from app.course.comparing import compare
from app.course.experiments import Claim, Measure, PlayerRun, PredictOnce
from app.course.lesson import Lesson
from app.course.lint import of_question
from app.course.question import Question
from app.course_check import check_against_models
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.conditions import asked, negative_condition, wanted
from app.engine.models import LoadedModel, Models
from app.engine.once import predict_once
from app.engine.reading import read_run
from app.engine.trajectory import plan_of
from app.errors import FromNoiseError, NotFound
from app.pictures import read_levels
from app.questions.check import check_course


@dataclass(frozen=True)
class Checked:
    """What a check found: faults, which fail it, and lines to print, faults and warnings among them."""

    problems: tuple[str, ...]
    lines: tuple[str, ...]


def find_lesson(named: str, lessons: Path) -> tuple[Path, str]:
    """Find the one lesson that is to be checked.

    Args:
        named: the path of its folder, the folder's name, or the slug.
        lessons: folder of the lessons.

    Returns:
        The folder of all lessons, and the name of the lesson's own.

    Raises:
        NotFound: there is no such lesson.
    """
    folders = sorted(path.name for path in lessons.iterdir() if path.is_dir()) if lessons.is_dir() else []
    for name in folders:
        if named.rstrip("/\\") in (name, name.partition("-")[2]):
            return lessons, name
    path = Path(named)
    if path.is_dir():
        whole = path.resolve() if path.name in ("", "..") else path.absolute()
        return whole.parent, whole.name
    known = ", ".join(name.partition("-")[2] for name in folders if name[:1].isdigit())
    raise NotFound(f"there is no lesson {named[:80]!r}; there are {known or 'none'}")


def check_all(lessons: Path, models: Path, *, computed: bool = True, only: str | None = None) -> Checked:
    """Check every lesson file and every card, then every claim that a question makes of its experiment.

    Args:
        lessons: folder of the lessons.
        models: folder of the models.
        computed: whether to run the experiments.
        only: the folder of the one lesson to check.
    """
    report = check_course(lessons, only=only)
    problems, lines = list(report.problems), [f"warning: {line}" for line in report.warnings]
    problems += check_against_models(report.catalogue, models, only)
    if not problems and computed:
        asked = [lesson for lesson in report.catalogue.lessons if only in (None, lesson.folder.name)]
        outcomes = check_claims(replace(report.catalogue, lessons=tuple(asked)), models)
        problems += [line for held, line in outcomes if not held]
        lines += [line for held, line in outcomes if held]
    lines += [f"error: {line}" for line in problems]
    lines.append(f"{_counted(len(problems), 'error')}, {_counted(len(report.warnings), 'warning')}")
    return Checked(tuple(problems), tuple(lines))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def check_claims(catalogue: Catalogue, models: Path) -> list[tuple[bool, str]]:
    """Run every experiment that carries claims; say of each claim whether it held, and the measured value."""
    claims = [
        (lesson, question, question.experiment, claim)
        for lesson in catalogue.lessons
        for question in lesson.questions
        if question.experiment
        for claim in question.experiment.claims
    ]
    if not claims:
        return []
    loaded = Models(models, torch.device("cpu"), torch.get_num_threads())
    return [_check(loaded, *about) for about in claims]


def _check(
    models: Models, lesson: Lesson, question: Question, experiment: PredictOnce | PlayerRun, claim: Claim
) -> tuple[bool, str]:
    try:
        measured = measure(models.get(experiment.model), lesson, experiment, claim.measure)
    except FromNoiseError as error:
        return False, str(of_question(lesson, question, f"the experiment cannot be run: {error}"))
    bounds = [f"below {claim.below}"] if claim.below is not None else []
    bounds += [f"above {claim.above}"] if claim.above is not None else []
    what = f"{claim.measure} is {measured:.3f}; the experiment claims {' and '.join(bounds)}"
    return claim.holds(measured), str(of_question(lesson, question, what))


def measure(model: LoadedModel, lesson: Lesson, experiment: PredictOnce | PlayerRun, what: Measure) -> float:
    """Run an experiment and measure it; `app.course.experiments` says what each measure is."""
    if isinstance(experiment, PredictOnce):
        picture = read_levels(lesson.pictures[experiment.picture], model.card.shape[0])
        condition = asked(model.card, experiment.label, None)
        outcome = predict_once(model, picture, experiment.noise, experiment.seed, condition)
        return outcome.rms_estimate / outcome.rms_noisy
    return compare(what, _pictures(model, experiment), _pictures(model, experiment.compared_with(what)))


def _pictures(model: LoadedModel, experiment: PlayerRun) -> NDArray[np.float32]:
    """Draw a run's pictures, each of them anew, and bring them between -1 and 1 as a screen does."""
    spec = read_run(experiment.request(), model.card).spec
    condition = wanted(spec, model.card, spec.count)
    negative = negative_condition(spec, model.card, spec.count)
    noise = [PictureNoise(spec.seed, index) for index in range(spec.count)]
    plan = plan_of(spec, model.card)
    drawn = sample(model.denoiser, plan, condition, spec.guidance, noise, negative_condition=negative)
    shown: NDArray[np.float32] = drawn.clamp(-1.0, 1.0).numpy()
    return shown
