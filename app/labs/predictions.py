"""A lesson's predictions, read against their labs: one function for course check and server. No web."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from app.controls.table import CONTROLS
from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.lesson import Lesson
from app.course.prediction import Kind, Prediction
from app.course.problem import Problem
from app.engine.reading import read_run
from app.engine.run import check_spec
from app.errors import InvalidRequest
from app.labs.options import BadOptions
from app.labs.registry import LabsOfLesson, ReadLab, fixed_of, read_lab, run_of
from app.predictions.measures import RUN_MEASURES, spec_beside
from app.predictions.reading import Predictions, ReadPrediction

FEWEST_SEEN = 5
"""Steps of a run on which somebody can press "I see it now"."""

Faults = list[tuple[str | None, str]]
"""The option that each is about, where it is about one, and what is wrong."""


def read_predictions(
    catalogue: Catalogue, labs: Mapping[str, LabsOfLesson]
) -> tuple[Predictions, list[Problem]]:
    """Read every prediction of a course.

    Args:
        catalogue: the lessons.
        labs: of each lesson, as `app.labs.registry.read_labs` gives them.

    Returns:
        Those that can be made, and every fault. One whose lab is faulty, or has no model, is neither.
    """
    found: dict[str, ReadPrediction] = {}
    problems: list[Problem] = []
    questions = {question.id for lesson in catalogue.lessons for question in lesson.questions}
    for lesson in catalogue.lessons:
        for prediction in (block for block in lesson.blocks if isinstance(block, Prediction)):
            read, faults = _read(prediction, lesson, labs[lesson.slug])
            if prediction.id in found:
                faults.append((None, "another prediction has this id too; ids are kept for ever"))
            if prediction.id in questions:
                faults.append((None, "a question has this id too; give the prediction one of its own"))
            for option, what in faults:
                line = prediction.lines.get(option or "", prediction.line)
                text = f"prediction {prediction.id!r}: {what}"
                problems.append(Problem(Path(lesson.folder.name) / "lesson.md", text, line))
            if read is not None and not faults:
                found[prediction.id] = read
    return Predictions(found), problems


def _read(prediction: Prediction, lesson: Lesson, labs: LabsOfLesson) -> tuple[ReadPrediction | None, Faults]:
    if not lesson.all_ids_known:  # labs may have other numbers than they will have
        return None, [*_unknown_names(prediction, lesson)]
    lab = labs.get(prediction.lab)
    is_there = lab is not None and lab.missing is None  # else it is told of the lab itself
    unchangeable = list(_unchangeable(prediction.changes, lab if is_there else None))
    faults: Faults = [*_unknown_names(prediction, lesson), *(("with", what) for what in unchangeable)]
    if lab is None or not is_there or unchangeable:
        return None, faults
    try:
        own, changed = run_of(lab), run_of(_with(lab, prediction.changes))
    except BadOptions as bad:
        option = "with" if prediction.changes else "lab"
        return None, [*faults, *((option, fault.what) for fault in bad.faults)]
    if faults:
        return None, faults
    measure = RUN_MEASURES[prediction.measure]
    try:
        card = lab.resources.card(own.model).card
        spec = read_run(changed, card).spec
        beside = spec_beside(measure, spec, read_run(own, card).spec)
        if beside is not None:
            check_spec(beside, card)
    except InvalidRequest as error:
        return None, [("measure", f"the run it is compared with cannot be: {error}")]
    read = ReadPrediction(prediction, lesson, card, measure, own, changed, spec, beside, fixed_of(lab))
    return read, list(_faults(read))


def _unknown_names(prediction: Prediction, lesson: Lesson) -> Iterator[tuple[str, str]]:
    known = [block.id for block in lesson.blocks if isinstance(block, Lab)]
    if prediction.lab not in known and lesson.all_ids_known:
        there_are = f"there are {', '.join(known)}" if known else "it has none"
        yield "lab", f"this lesson has no lab {prediction.lab!r}; {there_are}"
    if prediction.measure not in RUN_MEASURES:
        allowed = ", ".join(RUN_MEASURES)
        yield "measure", f"must be one of {allowed}; received {prediction.measure[:80]!r}"
    elif prediction.kind not in RUN_MEASURES[prediction.measure].kinds:
        fits = ", ".join(RUN_MEASURES[prediction.measure].kinds)
        yield "kind", f"{prediction.measure} is predicted by {fits}, not by {prediction.kind}"


def _unchangeable(changes: Mapping[str, str], lab: ReadLab | None) -> Iterator[str]:
    fixed = () if lab is None else fixed_of(lab)
    for name in changes:
        if name not in CONTROLS:
            yield f"must name settings of a run, {', '.join(CONTROLS)}; received {name[:40]!r}"
        elif lab is not None and name in fixed:
            yield f"the lab {lab.lab.id} locks or hides {name!r}, so it cannot be changed there"


def _with(lab: ReadLab, changes: Mapping[str, str]) -> ReadLab:
    """Read a lab again with some of its options changed."""
    options = dict(lab.lab.options) | dict(changes)
    return read_lab(replace(lab.lab, options=options), lab.resources)


def _faults(read: ReadPrediction) -> Iterator[tuple[str | None, str]]:
    prediction, measure = read.prediction, read.measure
    if measure.needs_judge and read.card.judge is None:
        yield "measure", f"{prediction.measure} needs a judge, and the model {read.card.name} has none"
    if read.beside == read.spec:
        yield "with", f"{prediction.measure} compares the run with itself; say with :with: what is changed"
    for what in measure.faults(read.spec, read.card):
        yield "measure", what
    most = measure.most(read.spec, read.card)
    if prediction.within is not None and prediction.within > most:
        yield "within", f"is more than {most:g}, the most that can be measured of this run"
    for choice in prediction.choices:
        if (choice.high is not None and choice.high <= 0) or (choice.low is not None and choice.low > most):
            span = f"from 0 to {most:g}" if most < math.inf else "from 0 on"
            yield None, f"the choice {choice.text[:40]!r} can never hold: {prediction.measure} is {span} here"
    if prediction.kind is Kind.SEEN and read.spec.steps < FEWEST_SEEN:
        yield "kind", f"in {read.spec.steps} steps nothing can be seen coming; {FEWEST_SEEN} are the fewest"
