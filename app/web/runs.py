"""Runs over HTTP: ask for one, watch it frame by frame, withdraw, take its pictures away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import ValidationError
from starlette.responses import JSONResponse, RedirectResponse

from app import pictures
from app.cards import Card
from app.engine.frame_events import Frame, read_frame
from app.engine.relay import Relay
from app.engine.run import MAX_STEPS, RunRequest, normalise
from app.errors import InvalidRequest
from app.learners.sessions import Session, new_session
from app.web.event_stream import EventStream
from app.web.session import CurrentSession, keep_session

router = APIRouter()

ANONYMOUS = "anonymous"
"""All clients without a cookie, as one learner: fairness and limits cannot be had by dropping it."""

SMALLEST_SIDE = 224
FORM_FIELDS = ("model", "seed", "label", "count", "sampler", "steps", "guidance", "eta", "grid")


@router.post("/api/runs", status_code=201)
async def start_run(request: Request, body: RunRequest, session: CurrentSession) -> Response:
    """Start a run, or join the same one."""
    run_id, card = await start(request, body, session)
    spec = request.app.state.engine.relay(run_id).spec
    response = JSONResponse(
        {
            "id": run_id,
            "model": card.name,
            "shape": card.shape,
            "steps": spec.steps,
            "count": spec.count,
            "frames": f"/api/runs/{run_id}/frames",
        },
        status_code=201,
    )
    if session is None:
        keep_session(request, response, new_session(request.app.state.secret))
    return response


@router.get("/api/runs/{run_id}/frames")
async def watch_run(
    request: Request,
    run_id: str,
    session: CurrentSession,
    last_event_id: Annotated[str | None, Header(max_length=16)] = None,
    after: Annotated[int, Query(ge=-1, le=MAX_STEPS)] = -1,
) -> Response:
    """Stream the frames of a run, from the one after `Last-Event-ID` on.

    A page that opens a new stream cannot set that header: it says `?after=` instead, and the header of
    the browser's own reconnection, which is later, counts more.
    """
    relay: Relay = request.app.state.engine.relay(run_id)
    after = max(after, _frame_number(last_event_id))
    learner = session.learner_key if session else None
    slot = request.app.state.limits.stream(learner)
    return EventStream(relay.watch(after, learner or ANONYMOUS), slot.release)


@router.delete("/api/runs/{run_id}", status_code=204)
async def withdraw_run(request: Request, run_id: str, session: CurrentSession) -> Response:
    """Withdraw one viewer; with none left the run pauses within two steps."""
    await request.app.state.engine.withdraw(run_id, session.learner_key if session else ANONYMOUS)
    return Response(status_code=204)


@router.get("/api/runs/{run_id}/image.png")
async def image(
    request: Request, run_id: str, frame: Annotated[int | None, Query(ge=0, le=1000)] = None
) -> Response:
    """Return one frame's noisy picture (the finished one unless asked otherwise) as PNG."""
    relay, card = known_run(request, run_id)
    frames = await relay.finished()
    number = len(frames) - 1 if frame is None else frame
    if number >= len(frames):
        raise InvalidRequest(f"frame must be at most {len(frames) - 1}, got {number}", "frame")

    def draw() -> bytes:
        return pictures.png(_sheet(_decode(frames[number], card, relay)), _scale(card))

    return await _file(draw, "image/png", f"{card.name}-{run_id[:8]}-{number}.png")


@router.get("/api/runs/{run_id}/animation.gif")
async def animation(request: Request, run_id: str) -> Response:
    """Return the whole run as an animation, once it is finished."""
    relay, card = known_run(request, run_id)
    frames = await relay.finished()

    def draw() -> bytes:
        sheets = np.stack([_sheet(_decode(frame, card, relay)) for frame in frames])
        return pictures.gif(sheets, _scale(card))

    return await _file(draw, "image/gif", f"{card.name}-{run_id[:8]}.gif")


@router.get("/api/runs/{run_id}/strip.png")
async def film_strip(request: Request, run_id: str) -> Response:
    """Return ten frames side by side, once the run is finished."""
    relay, card = known_run(request, run_id)
    frames = await relay.finished()

    def draw() -> bytes:
        chosen = np.unique(np.linspace(0, len(frames) - 1, 10).round().astype(int))
        rows = [
            pictures.strip(np.stack([_decode(frames[k], card, relay).x_t[index] for k in chosen]))
            for index in range(relay.spec.count)
        ]
        return pictures.png(pictures.contact_sheet(np.stack(rows), columns=1), scale=3)

    return await _file(draw, "image/png", f"{card.name}-{run_id[:8]}-strip.png")


@router.post("/runs")
async def start_run_by_form(request: Request, session: CurrentSession) -> Response:
    """Start a run from the player's form, for browsers without JavaScript."""
    async with request.form(max_fields=20, max_files=0) as form:
        given = {name: str(form[name]) for name in FORM_FIELDS if form.get(name)}
    run_id, _ = await start(request, _from_form(given), session)
    response = RedirectResponse(f"/runs/{run_id}", status_code=303)
    if session is None:
        keep_session(request, response, new_session(request.app.state.secret))
    return response


async def start(request: Request, wanted: RunRequest, session: Session | None) -> tuple[str, Card]:
    """Check a run against its model's card and the learner's limits, and hand it to the engine."""
    state = request.app.state
    card = card_of(request, wanted.model)
    spec = normalise(wanted, card)
    state.limits.run(session.learner_key if session else None)
    learner = session.learner_key if session else ANONYMOUS
    return await state.engine.submit(wanted, spec, learner), card


def card_of(request: Request, model: str) -> Card:
    """Return the card of a model; InvalidRequest when there is no such model."""
    cards: dict[str, Card] = {file.card.name: file.card for file in request.app.state.cards}
    if model not in cards:
        raise InvalidRequest(f"unknown model {model!r}; allowed: {', '.join(cards)}", "model")
    return cards[model]


def known_run(request: Request, run_id: str) -> tuple[Relay, Card]:
    """Return a run that was asked for here, and its model's card; NotFound otherwise."""
    relay: Relay = request.app.state.engine.relay(run_id)
    return relay, card_of(request, relay.spec.model)


def _frame_number(last_event_id: str | None) -> int:
    """Read the `Last-Event-ID` header: the step of the last frame that arrived."""
    if last_event_id is None:
        return -1
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        raise InvalidRequest("Last-Event-ID must be the step of a frame, a whole number", "Last-Event-ID")
    return int(last_event_id)


def _from_form(given: dict[str, str]) -> RunRequest:
    """Read the player's form: all its fields are text."""
    try:
        return RunRequest.model_validate({name: _field(name, text) for name, text in given.items()})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        raise InvalidRequest(f"{name}: {first['msg']}", name) from error


def _field(name: str, text: str) -> str | int | float:
    """Read one field of the form in the type that it has."""
    kind = int if name in ("seed", "count", "steps") else float if name in ("guidance", "eta") else str
    try:
        return kind(text)
    except ValueError as error:
        raise InvalidRequest(f"{name} must be a number, got {text[:40]!r}", name) from error


def _decode(content: bytes, card: Card, relay: Relay) -> Frame:
    return read_frame(content, card.shape, relay.spec.count)


def _sheet(frame: Frame) -> pictures.Pixels:
    """Lay the noisy pictures of a frame out as one."""
    return frame.x_t[0] if len(frame.x_t) == 1 else pictures.contact_sheet(frame.x_t)


def _scale(card: Card) -> int:
    return max(1, SMALLEST_SIDE // min(card.shape[1:]))


async def _file(draw: Callable[[], bytes], media_type: str, name: str) -> Response:
    """Draw in a thread, and name the file for those who save it."""
    content = await anyio.to_thread.run_sync(draw)
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "private, max-age=3600"}
    return Response(content, media_type=media_type, headers=headers)
