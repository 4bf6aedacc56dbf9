"""One call of the model on the picture of a lab clean-by-hand: as JSON for its script, and as a picture."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand
from app.labs.one_call import KeptAnswers, LabsOfKind, Which, drawn, which_of
from app.labs.registry import LabsOfLesson
from app.labs.strip import side_by_side
from app.pictures import Pixels, on_paper, png
from app.web.edge.api_document import WITH_BODY, refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import asker_of

KIND = "clean-by-hand"
SCALE = 8


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
    kind = LabsOfKind(KIND, CleanByHand, labs, "to be cleaned by hand")
    answers = KeptAnswers()

    async def call(request: Request, which: Which, session: CurrentSession) -> OneCall:
        settings = kind.settings_of(request, which)
        outcome = await answers.answer(
            which.key,
            lambda: services_of(request).engine.once(
                settings.card.name,
                settings.clean.tobytes(),
                settings.noise,
                settings.seed,
                None,
                asker=asker_of(request, session),
            ),
        )
        return OneCall(**{field.name: outcome[field.name] for field in fields(OneCall)})

    @made.post("/api/clean", responses=refusals(*WITH_BODY, 404, 422, 429))
    async def clean(request: Request, body: Which, session: CurrentSession) -> OneCall:
        """Have a model clean the noisy picture of a lab in one call."""
        return await call(request, body, session)

    @made.get("/labs/clean-by-hand/{lesson}/{lab}/noisy.png", include_in_schema=False)
    async def noisy(request: Request, lesson: str, lab: str, session: CurrentSession) -> Response:
        """Show the noisy picture."""
        which = which_of(lesson, lab)
        stages = [noisy_pixels(kind.settings_of(request, which))]
        return await drawn(request, session, (KIND, *which.key, "noisy"), lambda: _drawn(stages))

    @made.get("/labs/clean-by-hand/{lesson}/{lab}/answer.png", include_in_schema=False)
    async def answer(request: Request, lesson: str, lab: str, session: CurrentSession) -> Response:
        """Show the noisy picture, what one call of the model makes of it, and the clean one, side by side."""
        which = which_of(lesson, lab)
        settings = kind.settings_of(request, which)
        outcome = await call(request, which, session)
        estimate = np.frombuffer(base64.b64decode(outcome.estimate), np.uint8).reshape(settings.clean.shape)
        stages = [noisy_pixels(settings), estimate, settings.clean]
        return await drawn(request, session, (KIND, *which.key, "answer"), lambda: _drawn(stages))

    return made


def _drawn(stages: list[Pixels]) -> bytes:
    return png(side_by_side([on_paper(stage) for stage in stages]), SCALE)
