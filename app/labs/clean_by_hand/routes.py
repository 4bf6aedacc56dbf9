"""One call of the model on the picture of a lab clean-by-hand: as JSON for its script, and as a picture.

A request names a lab of the course and nothing else, so the model sees only pictures that lessons give it.
What it answers is the same every time: the engine is asked once and its answer kept.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.errors import NotFound
from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.clean_by_hand.view import BY_ITSELF
from app.labs.registry import LabsOfLesson
from app.labs.shown import example
from app.labs.strip import side_by_side
from app.learners.sessions import Session
from app.pictures import Pixels, on_paper, png
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import asker_of

KIND = "clean-by-hand"
SCALE = 8


class Which(BaseModel):
    """Which lab is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lesson: str = Field(max_length=200, description="The slug of its lesson; empty on the lab's own page.")
    lab: str = Field(max_length=40, description="Its id on the page, such as lab-2.")


@dataclass(frozen=True)
class OneCall:
    """What the model made of a lab's picture; errors are root mean squares on pixels from -1 to 1.

    Attributes:
        noisy: what it was given, as base64 of uint8 (side, side): 255 is ink.
        estimate: the guess of the clean picture, likewise.
        rms_noisy: the error of what it was given.
        rms_estimate: the error of its guess.
    """

    noisy: str
    estimate: str
    rms_noisy: float
    rms_estimate: float


def router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route the calls of all labs of this kind.

    Args:
        labs: of each lesson, by its slug.
    """
    made = APIRouter()
    calls: dict[tuple[str, str], OneCall] = {}

    def settings_of(request: Request, lesson: str, lab: str) -> CleanByHand:
        cards = services_of(request).cards
        read = labs.get(lesson, {}).get(lab) if lesson else example(KIND, cards)
        if read is None or not isinstance(read.settings, CleanByHand):
            raise NotFound(f"There is no lab {lab[:40]!r} to be cleaned by hand at this place of the course.")
        return read.settings

    async def call(request: Request, which: Which, session: CurrentSession) -> OneCall:
        settings = settings_of(request, which.lesson, which.lab)
        key = (which.lesson, which.lab if which.lesson else "")
        if key not in calls:
            outcome = await services_of(request).engine.once(
                settings.card.name,
                settings.clean.tobytes(),
                settings.noise,
                settings.seed,
                None,
                asker=asker_of(request, session),
            )
            calls[key] = OneCall(**outcome)
        return calls[key]

    @made.post("/api/clean")
    async def clean(request: Request, body: Which, session: CurrentSession) -> OneCall:
        """Have a model clean the noisy picture of a lab in one call."""
        return await call(request, body, session)

    @made.get("/labs/clean-by-hand/{lesson}/{lab}/noisy.png", include_in_schema=False)
    async def noisy(request: Request, lesson: str, lab: str, session: CurrentSession) -> Response:
        """Show the noisy picture."""
        which = _which(lesson, lab)
        return await _sent(request, [noisy_pixels(settings_of(request, which.lesson, which.lab))], session)

    @made.get("/labs/clean-by-hand/{lesson}/{lab}/answer.png", include_in_schema=False)
    async def answer(request: Request, lesson: str, lab: str, session: CurrentSession) -> Response:
        """Show the noisy picture, what one call of the model makes of it, and the clean one, side by side."""
        which = _which(lesson, lab)
        settings = settings_of(request, which.lesson, which.lab)
        outcome = await call(request, which, session)
        estimate = np.frombuffer(base64.b64decode(outcome.estimate), np.uint8).reshape(settings.clean.shape)
        return await _sent(request, [noisy_pixels(settings), estimate, settings.clean], session)

    return made


def _which(lesson: str, lab: str) -> Which:
    return Which(lesson="" if lesson == BY_ITSELF else lesson[:200], lab=lab[:40])


async def _sent(request: Request, stages: list[Pixels], session: Session | None) -> Response:
    """Send a picture, drawn once."""
    drawings, key = services_of(request).drawings, (request.scope["path"],)
    drawings.count(session.learner_key if session else None)
    content = await drawings.file(key, lambda: drawings.draw(lambda: _drawn(stages)))
    return Response(content, media_type="image/png")


def _drawn(stages: list[Pixels]) -> bytes:
    return png(side_by_side([on_paper(stage) for stage in stages]), SCALE)
