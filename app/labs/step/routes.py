"""A step of a lab step worked out on the server, for browsers without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.controls.request import read_request
from app.controls.table import CONTROLS
from app.errors import InvalidRequest
from app.labs.one_call import LabsOfKind, which_of
from app.labs.registry import LabsOfLesson
from app.labs.step.options import SHOWN, StepLab
from app.labs.step.view import CHANNELS
from app.labs.step.words import Line, lines_of
from app.numbers import whole_number
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import start
from app.web.runs.page import in_words
from app.web.runs.steps import function_of

KIND = "step"


@dataclass(frozen=True)
class WorkedContext:
    """`labs/step/worked.html`: one step at one pixel.

    Attributes:
        run: what was run, in a sentence.
        told: what `app.engine.step_numbers` says of the step.
        function: the one that gave the rows.
        calls: the lines of each call, for every channel.
        back: the page that the lab stands on.
    """

    template: ClassVar[str] = "labs/step/worked.html"

    run: str
    told: Mapping[str, Any]
    function: str
    x: int
    y: int
    calls: tuple[tuple[Line, ...], ...]
    back: str


def router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route the labs of this kind.

    Args:
        labs: of each lesson, by its slug.
    """
    made = APIRouter()
    kind = LabsOfKind(KIND, StepLab, labs, "that takes a step apart")

    @made.get("/labs/step/{lesson}/{lab}/worked", include_in_schema=False)
    async def worked(request: Request, lesson: str, lab: str, session: CurrentSession) -> HTMLResponse:
        """Run what the form asks for, wait for its end, and work the step out."""
        settings = kind.settings_of(request, which_of(lesson, lab))
        given = request.query_params
        first = settings.player.settings
        changed = {name: CONTROLS[name].read(given[name]) for name in SHOWN if given.get(name)}
        wanted = read_request({**first.model_dump(), **changed})
        place = {name: _whole(given, name, getattr(settings, name)) for name in ("step", "x", "y")}
        run = await start(request, wanted, session)
        engine = services_of(request).engine
        await engine.picked(run.id, ())
        told = await engine.step_numbers(run.id, place["step"], 0, place["x"], place["y"])
        channels = CHANNELS[run.card.shape[0]]
        calls = tuple(lines_of(call, channels) for call in told["calls"])
        back = f"/lessons/{settings.lesson}#{lab}" if settings.lesson else f"/labs/{KIND}"
        words = in_words(run.reading.spec, run.card, wanted)
        function = function_of(run.reading.spec)
        context = WorkedContext(words, told, function, place["x"], place["y"], calls, back)
        html = render(services_of(request).templates, context)
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    return made


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    """Read a whole number of the form; what is out of range is told by the engine."""
    text = given.get(name, "")
    if not text:
        return otherwise
    number = whole_number(text)
    if number is None or not 0 <= number < 10**6:
        raise InvalidRequest(f"{name} must be a whole number from 0, got {text[:40]!r}", name)
    return number
