"""Runs over HTTP: ask for one, watch it frame by frame, withdraw. Image files are in `run_files.py`."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from app.cards import Card, named
from app.engine.relay import Relay
from app.engine.run import MAX_STEPS, RunRequest, Told, normalise, read_prompts, read_request
from app.errors import InvalidRequest
from app.learners.sessions import Session, new_session
from app.web.delivery.event_stream import EventStream
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.runs.read_back import PROMPTS, as_typed, prompts_as_read

router = APIRouter()

ANONYMOUS = "anonymous"
"""All clients without a cookie, as one learner: fairness and limits cannot be had by dropping it."""

ViewerName = Annotated[str, Query(pattern="^[A-Za-z0-9]{0,32}$")]
"""What a page calls one of its viewings, which it may withdraw; the empty name is one too."""

NUMBER = re.compile(r"[-+0-9.eE]{1,32}")
WHOLE = ("seed", "count", "steps")
REAL = ("guidance", "eta")
FORM_FIELDS = ("model", "label", "sampler", "grid", *PROMPTS, *WHOLE, *REAL)


@router.post("/api/runs", status_code=201)
async def start_run(request: Request, body: RunRequest, session: CurrentSession) -> Response:
    """Start a run, or join the same one."""
    run_id, card, told = await _start(request, body, session)
    spec = services_of(request).engine.relay(run_id).spec
    response = JSONResponse(
        {
            "id": run_id,
            "model": card.name,
            "shape": card.shape,
            "steps": spec.steps,
            "count": spec.count,
            "frames": f"/api/runs/{run_id}/frames",
        }
        | prompts_as_read(body, told),
        status_code=201,
    )
    if session is None:
        keep_session(request, response, new_session(services_of(request).secret))
    return response


@router.get("/api/runs/{run_id}/frames")
async def watch_run(
    request: Request,
    run_id: str,
    session: CurrentSession,
    last_event_id: Annotated[str | None, Header(max_length=16)] = None,
    after: Annotated[int, Query(ge=-1, le=MAX_STEPS)] = -1,
    viewer: ViewerName = "",
) -> Response:
    """Stream the frames of a run, from the one after `Last-Event-ID` on.

    A page that opens a new stream cannot set that header: it says `?after=` instead, and the header of
    the browser's own reconnection, which is later, counts more. `?viewer=` names the viewing, so that it
    can be withdrawn and another one of the same learner, in another tab, goes on.
    """
    after = max(after, _frame_number(last_event_id))
    relay: Relay = await services_of(request).engine.find(run_id)
    slot = services_of(request).limits.stream(session.learner_key if session else None)
    return EventStream(relay.watch(after, _viewing(session, viewer)), slot.release)


@router.delete("/api/runs/{run_id}", status_code=204)
async def withdraw_run(
    request: Request, run_id: str, session: CurrentSession, viewer: ViewerName = ""
) -> Response:
    """Withdraw the learner's viewer of that name; with none left the run pauses within two steps."""
    await services_of(request).engine.withdraw(run_id, _viewing(session, viewer))
    return Response(status_code=204)


@router.post("/runs")
async def start_run_by_form(request: Request, session: CurrentSession) -> Response:
    """Start a run from the player's form, for browsers without JavaScript."""
    async with request.form(max_fields=20, max_files=0) as form:
        given = {name: str(form[name]) for name in FORM_FIELDS if form.get(name)}
    wanted = read_request({name: _field(name, text) for name, text in given.items()})
    run_id, card = await start(request, wanted, session)
    response = RedirectResponse(f"/runs/{run_id}{as_typed(wanted, card)}", status_code=303)
    if session is None:
        keep_session(request, response, new_session(services_of(request).secret))
    return response


async def start(request: Request, wanted: RunRequest, session: Session | None) -> tuple[str, Card]:
    """Check a run against the learner's limits and its model's card, and hand it to the engine."""
    run_id, card, _ = await _start(request, wanted, session)
    return run_id, card


async def _start(
    request: Request, wanted: RunRequest, session: Session | None
) -> tuple[str, Card, Told | None]:
    """Do that, and return too how the prompts were read."""
    services = services_of(request)
    card = card_of(request, wanted.model)
    services.limits.run(session.learner_key if session else None)  # first: reading a prompt is work too
    told = read_prompts(wanted, card)
    spec = normalise(wanted, card, told)
    learner = session.learner_key if session else ANONYMOUS
    return await services.engine.submit(wanted, spec, learner), card, told


def card_of(request: Request, model: str) -> Card:
    """Return the card of a model; InvalidRequest when there is no such model."""
    return named(model, services_of(request).cards).card


async def known_run(request: Request, run_id: str) -> tuple[Relay, Card]:
    """Return a run that was asked for a moment ago, and its model's card; NotFound otherwise."""
    relay: Relay = await services_of(request).engine.find(run_id)
    return relay, card_of(request, relay.spec.model)


def _viewing(session: Session | None, viewer: str) -> str:
    """Tell a viewing from every other one: nobody withdraws what another learner, or tab, looks at."""
    return f"{session.learner_key if session else ANONYMOUS}/{viewer}"


def _frame_number(last_event_id: str | None) -> int:
    """Read the `Last-Event-ID` header: the step of the last frame that arrived."""
    if last_event_id is None:
        return -1
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        raise InvalidRequest("Last-Event-ID must be the step of a frame, a whole number", "Last-Event-ID")
    return int(last_event_id)


def _field(name: str, text: str) -> str | int | float:
    """Read one field of the form in the type that it has."""
    if name not in WHOLE and name not in REAL:
        return text
    try:
        if not NUMBER.fullmatch(text):  # Python reads more as a number: 1_000, or the digits of other scripts
            raise ValueError
        return int(text) if name in WHOLE else float(text)
    except ValueError as error:
        what = "a whole number" if name in WHOLE else "a number"
        raise InvalidRequest(f"{name} must be {what}, got {text[:40]!r}", name) from error
