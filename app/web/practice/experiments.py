"""The experiment behind a question, run live: a page of its own, or the fragment for "Show me".

A run is shown beside whatever its claims compare it with, and measured as `fromnoise check` measures it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app import pictures
from app.cards import Card
from app.course.experiments import Measure, PlayerRun, PredictOnce
from app.course.lesson import Lesson
from app.course.question import Question
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.admission import Asker
from app.engine.frame_events import read_frame
from app.engine.reading import class_index
from app.errors import NotFound
from app.web.delivery.templating import render, render_fragment
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.practice.addresses import practice_address
from app.web.practice.comparisons import FinishedRun, finding_of, measured, named, set_apart
from app.web.practice.progress import standings
from app.web.runs.api import asker_of, start
from app.web.runs.files import frames_of
from app.web.runs.page import in_words

SIDE = 224
"""How large a picture is in the page, at least: more dots of the screen than it is shown with."""

router = APIRouter()


@dataclass(frozen=True)
class Shown:
    """One picture of an outcome: the picture itself as an address, what it is, and a text for it."""

    source: str
    title: str
    note: str


@dataclass(frozen=True)
class ExperimentContext:
    """`practice/experiment.html`: what was run, what came out, and what to see in it."""

    template: ClassVar[str] = "practice/experiment.html"
    lesson: Lesson
    question: Question
    words: str
    shown: tuple[Shown, ...]
    finding: str


@router.get("/questions/{question_id}/experiment", include_in_schema=False)
async def show(request: Request, question_id: str, session: CurrentSession) -> Response:
    """Run the experiment behind a question and show what came out; before the solution, ask."""
    services = services_of(request)
    lesson, question = services.catalogue.find(question_id)
    experiment = question.experiment
    if experiment is None:
        raise NotFound("There is no experiment behind this question.")
    standing = (await standings(request, session, [lesson])).get(question.id)
    if standing is None or not standing.has_solution:
        # The outcome tells the key: it is for those who have the solution.
        return RedirectResponse(practice_address(lesson, question), status_code=303)
    if isinstance(experiment, PredictOnce):
        asker = asker_of(request, session)
        words, shown, finding = await _predict_once(request, lesson, experiment, asker)
    else:
        words, shown, finding = await _player_run(request, experiment, session)
    context = ExperimentContext(lesson, question, words, shown, finding)
    wants_fragment = "hx-request" in request.headers
    html = (
        render_fragment(services.templates, context, "outcome")
        if wants_fragment
        else render(services.templates, context)
    )
    return HTMLResponse(html, headers={"cache-control": "no-store", "vary": "hx-request"})


async def _predict_once(
    request: Request, lesson: Lesson, experiment: PredictOnce, asker: Asker
) -> tuple[str, tuple[Shown, ...], str]:
    """Noise the lesson's picture and call the model once."""
    card = services_of(request).card(experiment.model)
    picture = pictures.read_levels(lesson.pictures[experiment.picture], card.shape[0])
    label = class_index(experiment.label, card)
    outcome = await services_of(request).engine.once(
        experiment.model, picture.tobytes(), experiment.noise, experiment.seed, label, asker=asker
    )
    height, width, channels = picture.shape
    noisy, estimate = (
        np.frombuffer(base64.b64decode(outcome[name]), np.uint8).reshape(height, width, channels)
        for name in ("noisy", "estimate")
    )
    left = outcome["rms_estimate"] / outcome["rms_noisy"]
    words = f"The data plus {experiment.noise:g} times random noise, given to the model once, just now."
    sources = await services_of(request).drawings.draw(
        lambda: [_inline(pictures.on_paper(one)) for one in (picture, noisy, estimate)]
    )
    titles = ("The data", "What it was given", "What came out")
    notes = (
        "what the model never saw",
        f"typically off by {outcome['rms_noisy']:.2f} a dot",
        f"typically off by {outcome['rms_estimate']:.2f} a dot",
    )
    shown = tuple(map(Shown, sources, titles, notes))
    finding = (
        f"What came out is close to the data and not the data: {left:.0%} of the error is left. "
        "A dot is a number between -1 and 1."
    )
    return words, shown, finding


async def _player_run(
    request: Request, experiment: PlayerRun, session: CurrentSession
) -> tuple[str, tuple[Shown, ...], str]:
    """Have the run, and beside it whatever its claims compare it with."""
    card = services_of(request).card(experiment.model)
    measures = [claim.measure for claim in experiment.claims]
    runs = [experiment, *(experiment.shown_beside(measure, card) for measure in measures)]
    drawn = await _drawn(request, runs, card, session)
    return await services_of(request).drawings.draw(lambda: _told(measures, card, *drawn))


def _told(
    measures: Sequence[Measure], card: Card, first: FinishedRun, *others: FinishedRun
) -> tuple[str, tuple[Shown, ...], str]:
    """Draw the run and what it is compared with, and say what there is to see."""
    title = named(first.spec, measures[0]) if measures else "The last frame"
    shown, findings = [Shown(_sheet(first), title, "what the run ends in")], []
    for measure, other in zip(measures, others, strict=True):
        kept = FinishedRun(other.spec, other.pictures[: len(first.pictures)])
        shown.append(Shown(_sheet(kept), *set_apart(other.spec, measure)))
        findings.append(finding_of(measure, first.spec, other.spec, measured(measure, first, other)))
    sampler = SAMPLERS[first.spec.sampler].title
    words = f"{in_words(first.spec, card)} Sampler {sampler}, guidance {first.spec.guidance:g}."
    return words, tuple(shown), " ".join(findings)


async def _drawn(
    request: Request, runs: Sequence[PlayerRun], card: Card, session: CurrentSession
) -> list[FinishedRun]:
    """Start these runs together, so that they share the model's calls, and wait for all of them."""
    started = [await start(request, run.request(), session) for run in runs]
    last = await asyncio.gather(
        *(frames_of(request, run.id, session, (run.reading.spec.steps,)) for run in started)
    )
    return [
        FinishedRun(run.reading.spec, read_frame(frame, card.shape, run.reading.spec.count).x_t)
        for run, (frame,) in zip(started, last, strict=True)
    ]


def _sheet(drawn: FinishedRun) -> str:
    """Lay a run's pictures out as one."""
    return _inline(pictures.contact_sheet(pictures.on_paper(drawn.pictures)))


def _inline(printed: pictures.Pixels) -> str:
    """Put a small picture into the page itself."""
    scale = pictures.scale_to(printed, SIDE)
    return "data:image/png;base64," + base64.b64encode(pictures.png(printed, scale)).decode()
