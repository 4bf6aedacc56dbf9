"""The experiment behind a question, run live: a page of its own, or the fragment for "Show me"."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from fastapi import APIRouter, Request
from PIL import Image
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app import pictures
from app.cards import Card
from app.course.experiments import PlayerRun, PredictOnce
from app.course.lesson import Lesson
from app.course.quiz import Question
from app.engine.run import class_index, read_request
from app.errors import NotFound
from app.web.fragments import answered
from app.web.practice import practice_address
from app.web.run_pages import in_words
from app.web.runs import card_of, start
from app.web.session import CurrentSession
from app.web.templating import render, render_fragment

router = APIRouter()


@dataclass(frozen=True)
class Shown:
    """One picture of an outcome: its address (or the picture itself), what it is, and a text for it."""

    source: str
    title: str
    note: str


@dataclass(frozen=True)
class ExperimentContext:
    """`experiment.html`: what was run, what came out, and what to see in it.

    `ink`: the pictures have one channel and are printed as ink on paper.
    """

    template: ClassVar[str] = "experiment.html"
    lesson: Lesson
    question: Question
    words: str
    shown: tuple[Shown, ...]
    finding: str
    ink: bool


@router.get("/questions/{question_id}/experiment", include_in_schema=False)
async def show(request: Request, question_id: str, session: CurrentSession) -> Response:
    """Run the experiment behind a question and show what came out; before an answer, ask for one."""
    state = request.app.state
    question: Question = state.catalogue.question(question_id)
    lesson: Lesson = state.catalogue.lesson_of(question_id)
    experiment = question.experiment
    if experiment is None:
        raise NotFound("There is no experiment behind this question.")
    if question.id not in await answered(request, session, [lesson]):
        # The outcome tells the key: it is for those who have committed to an answer.
        return RedirectResponse(practice_address(lesson, question), status_code=303)
    if isinstance(experiment, PredictOnce):
        state.limits.run(session.learner_key if session else None)
        words, shown, finding = await _predict_once(request, lesson, experiment)
    else:
        words, shown, finding = await _player_run(request, experiment, session)
    ink = card_of(request, experiment.model).shape[0] == 1
    context = ExperimentContext(lesson, question, words, shown, finding, ink)
    wants_fragment = "hx-request" in request.headers
    html = (
        render_fragment(state.templates, context, "outcome")
        if wants_fragment
        else render(state.templates, context)
    )
    return HTMLResponse(html, headers={"cache-control": "no-store", "vary": "hx-request"})


async def _predict_once(
    request: Request, lesson: Lesson, experiment: PredictOnce
) -> tuple[str, tuple[Shown, ...], str]:
    """Noise the lesson's picture and call the model once."""
    card = card_of(request, experiment.model)
    picture = read_picture(lesson.pictures[experiment.picture], card)
    label = class_index(experiment.label, card)
    outcome = await request.app.state.engine.once(
        experiment.model, picture.tobytes(), experiment.noise, experiment.seed, label
    )
    height, width, channels = picture.shape
    noisy, estimate = (
        np.frombuffer(base64.b64decode(outcome[name]), np.uint8).reshape(height, width, channels)
        for name in ("noisy", "estimate")
    )
    left = outcome["rms_estimate"] / outcome["rms_noisy"]
    words = f"The data plus {experiment.noise:g} times random noise, given to the model once, just now."
    shown = (
        Shown(_inline(picture), "The data", "what the model never saw"),
        Shown(_inline(noisy), "What it was given", f"off by {outcome['rms_noisy']:.2f} a pixel (rms)"),
        Shown(_inline(estimate), "What came out", f"off by {outcome['rms_estimate']:.2f} a pixel (rms)"),
    )
    finding = (
        f"What came out is close to the data and not the data: {left:.0%} of the error is left. "
        "Pixels run from -1 to 1."
    )
    return words, shown, finding


async def _player_run(
    request: Request, experiment: PlayerRun, session: CurrentSession
) -> tuple[str, tuple[Shown, ...], str]:
    """Start the run; its pictures come as images that are sent when it has finished."""
    asked = experiment.model_dump(exclude={"kind", "claim"}, exclude_none=True)
    run_id, card = await start(request, read_request(asked), session)
    spec = request.app.state.engine.relay(run_id).spec
    shown = (
        Shown(f"/api/runs/{run_id}/animation.gif", "The run", "from the noise to the last frame"),
        Shown(f"/api/runs/{run_id}/image.png", "The last frame", "what the run ends in"),
    )
    return in_words(spec, card), shown, f"Guidance {spec.guidance:g}, sampler {spec.sampler}."


def read_picture(path: Path, card: Card) -> pictures.Pixels:
    """Read a lesson's picture as the model takes it: (height, width, channels)."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L" if card.shape[0] == 1 else "RGB"))
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def _inline(pixels: pictures.Pixels) -> str:
    """Put a small picture into the page itself."""
    return "data:image/png;base64," + base64.b64encode(pictures.png(pixels, scale=8)).decode()
