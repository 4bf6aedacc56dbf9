"""What a model answers at one level of a lab readings: as JSON for its script, and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app.errors import InvalidRequest
from app.labs.one_call import KeptAnswers, LabsOfKind, Which, drawn, which_of
from app.labs.readings.options import ReadingsLab
from app.labs.readings.quantities import Quantities, decoded, read_from_v, sheet, true_quantities
from app.labs.registry import LabsOfLesson
from app.pictures import png
from app.web.edge.api_document import WITH_BODY, refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import asker_of

KIND = "readings"
SCALE = 6


class WhichLevel(Which):
    """Which lab is meant, and which of its levels."""

    level: int = Field(description="The place of a level among those of the lab, from 0.")


@dataclass(frozen=True)
class Answered:
    """What the model answered.

    Attributes:
        v_hat: base64 of float32, little-endian, of shape (side, side, channels) and not clipped.
    """

    v_hat: str


def router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route the calls of all labs of this kind.

    Args:
        labs: of each lesson, by its slug.
    """
    made = APIRouter()
    kind = LabsOfKind(KIND, ReadingsLab, labs, "that reads an answer three ways")
    answers = KeptAnswers()

    async def call(request: Request, which: WhichLevel, session: CurrentSession) -> str:
        settings = kind.settings_of(request, which)
        sigma = _sigma(settings, which.level)
        outcome = await answers.answer(
            (*which.key, which.level),
            lambda: services_of(request).engine.once(
                settings.card.name,
                settings.clean.tobytes(),
                sigma,
                settings.seed,
                None,
                asker=asker_of(request, session),
            ),
        )
        return str(outcome["v_hat"])

    @made.post("/api/readings", responses=refusals(*WITH_BODY, 404, 422, 429))
    async def readings(request: Request, body: WhichLevel, session: CurrentSession) -> Answered:
        """Have a model answer once on the noisy picture of a lab, at one of its levels."""
        return Answered(await call(request, body, session))

    @made.get("/labs/readings/{lesson}/{lab}/still.png", include_in_schema=False)
    async def still(request: Request, lesson: str, lab: str, session: CurrentSession) -> Response:
        """Show what is true at every level, a row each."""
        which = which_of(lesson, lab)
        settings = kind.settings_of(request, which)
        rows = [true_quantities(settings, at) for at in settings.levels]
        return await drawn(request, session, (KIND, *which.key, "still"), lambda: _drawn(rows))

    @made.get("/labs/readings/{lesson}/{lab}/{level}/answer.png", include_in_schema=False)
    async def answer(
        request: Request, lesson: str, lab: str, level: int, session: CurrentSession
    ) -> Response:
        """Show the three readings of the model's answer above what is true."""
        which = WhichLevel(**which_of(lesson, lab).model_dump(), level=level)
        settings = kind.settings_of(request, which)
        v_hat = decoded(await call(request, which, session), settings)
        at = settings.levels[level]
        true = true_quantities(settings, at)
        rows = [read_from_v(v_hat, true.x_t, at), true]
        key = (KIND, *which.key, str(level), "answer")
        return await drawn(request, session, key, lambda: _drawn(rows))

    return made


def _sigma(settings: ReadingsLab, place: int) -> float:
    """Return the noise of a level for one unit of signal.

    Raises:
        InvalidRequest: there is no such level, or no signal is left there.
    """
    if not 0 <= place < len(settings.levels):
        raise InvalidRequest(f"level must be from 0 to {len(settings.levels) - 1}, got {place}", "level")
    at = settings.levels[place]
    if not at.signal_scale:
        trained = f"the model was trained up to {settings.card.t_max:g}"
        what = f"at t = {at.t:g} nothing of the picture is left; {trained}"
        raise InvalidRequest(what, "level")
    return at.sigma


def _drawn(rows: list[Quantities]) -> bytes:
    return png(sheet(rows), SCALE)
