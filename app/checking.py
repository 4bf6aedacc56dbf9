"""`fromnoise check`: the course's files, and the keys that experiments decide, computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from app.course.catalogue import load_catalogue
from app.course.check import check_course
from app.course.experiments import Measure, PlayerRun, PredictOnce
from app.course.lesson import Lesson
from app.course.quiz import Question
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.engine.conditions import asked, unwanted, wanted
from app.engine.models import LoadedModel, Models
from app.engine.once import predict_once
from app.engine.run import normalise, read_request
from app.errors import FromNoiseError

MANY_STEPS = 50


@dataclass(frozen=True)
class Checked:
    """What a check found: faults, which fail it, and lines to print, faults and warnings among them."""

    problems: tuple[str, ...]
    lines: tuple[str, ...]


def check_all(lessons: Path, models: Path, *, computed: bool = True) -> Checked:
    """Check every lesson file, then every key that an experiment decides.

    Args:
        lessons: folder of the lessons.
        models: folder of the models.
        computed: whether to run the experiments.
    """
    report = check_course(lessons)
    problems, lines = list(report.problems), [f"warning: {line}" for line in report.warnings]
    if not problems and computed:
        outcomes = check_claims(lessons, models)
        problems += [line for held, line in outcomes if not held]
        lines += [line for held, line in outcomes if held]
    lines += [f"error: {line}" for line in problems]
    lines.append(f"{len(problems)} errors, {len(report.warnings)} warnings")
    return Checked(tuple(problems), tuple(lines))


def check_claims(lessons: Path, models: Path) -> list[tuple[bool, str]]:
    """Run every experiment that carries a claim; say of each whether it held, and the measured value."""
    claims = [
        (lesson, question, question.experiment)
        for lesson in load_catalogue(lessons).lessons
        for question in lesson.questions
        if question.experiment and question.experiment.claim
    ]
    if not claims:
        return []
    loaded = Models(models, torch.device("cpu"), torch.get_num_threads())
    return [_check(loaded, lesson, question, experiment) for lesson, question, experiment in claims]


def _check(
    models: Models, lesson: Lesson, question: Question, experiment: PredictOnce | PlayerRun
) -> tuple[bool, str]:
    claim = experiment.claim
    assert claim is not None
    try:
        measured = measure(models.get(experiment.model), lesson, experiment, claim.measure)
    except FromNoiseError as error:
        return False, f"{question.id}: the experiment cannot be run: {error}"
    bounds = [f"below {claim.below}"] if claim.below is not None else []
    bounds += [f"above {claim.above}"] if claim.above is not None else []
    line = f"{question.id}: {claim.measure} is {measured:.3f}, wanted {' and '.join(bounds)}"
    return claim.holds(measured), line


def measure(model: LoadedModel, lesson: Lesson, experiment: PredictOnce | PlayerRun, what: Measure) -> float:
    """Run an experiment and measure it; `app.course.experiments` says what each measure is."""
    if isinstance(experiment, PredictOnce):
        with Image.open(lesson.pictures[experiment.picture]) as image:
            picture = np.asarray(image.convert("L" if model.card.shape[0] == 1 else "RGB"))
        picture = picture[:, :, None] if picture.ndim == 2 else picture
        condition = asked(model.card, experiment.label, None)
        outcome = predict_once(model, picture, experiment.noise, experiment.seed, condition)
        return outcome.rms_estimate / outcome.rms_noisy
    first = _pictures(model, experiment, experiment.steps)
    if what is Measure.CHANGE_WHEN_REPEATED:
        return float(127.5 * (first - _pictures(model, experiment, experiment.steps)).abs().max())
    many = _pictures(model, experiment, MANY_STEPS)
    return float(first.std(dim=0).mean() / many.std(dim=0).mean())


def _pictures(model: LoadedModel, experiment: PlayerRun, steps: int | None) -> torch.Tensor:
    given = experiment.model_dump(exclude={"kind", "claim", "steps"}, exclude_none=True)
    spec = normalise(read_request(given | ({"steps": steps} if steps else {})), model.card)
    plan = make_plan(
        sampler=spec.sampler,
        steps=spec.steps,
        eta=spec.eta,
        grid=spec.grid,
        model_schedule=model.card.schedule,
        model_t_max=model.card.t_max,
    )
    condition = wanted(spec, model.card, spec.count)
    unasked = unwanted(spec, model.card, spec.count)
    noise = [PictureNoise(spec.seed, index) for index in range(spec.count)]
    return sample(model.denoiser, plan, condition, spec.guidance, noise, unasked=unasked)
