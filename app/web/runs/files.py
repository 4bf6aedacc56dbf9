"""A run as image files, for downloads and for pages without JavaScript; made when the run has finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Query, Request, Response

from app import pictures
from app.cards import Card
from app.engine.frame_events import Frame, read_frame
from app.engine.relay import Relay
from app.engine.run import RunSpec
from app.errors import InvalidRequest
from app.learners.sessions import Session
from app.ranges import MAX_STEPS
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import known_run
from app.web.runs.file_label import FileLabel

LONG_SIDE = 512
"""The least length of a file's longer side, in dots."""

LEAST_OF_STRIP = 3
"""The least scale of a film strip, whose pictures are small beside its length."""

GUESS_PART = "with the guess"

WithGuess = Annotated[bool, Query(description="Show the clean guess too, with the noisy picture.")]

router = APIRouter()


@router.get("/api/runs/{run_id}/image.png")
async def image(
    request: Request,
    run_id: str,
    session: CurrentSession,
    frame: Annotated[int | None, Query(ge=0, le=MAX_STEPS)] = None,
) -> Response:
    """Return one frame's noisy picture (the finished one unless asked otherwise) as PNG."""
    relay, card = await known_run(request, run_id)
    frames = await finished_frames(request, relay, session)
    number = len(frames) - 1 if frame is None else frame
    if number >= len(frames):
        raise InvalidRequest(f"frame must be at most {len(frames) - 1}, got {number}", "frame")

    label = FileLabel.of(relay.spec, card, f"frame {number} of {len(frames) - 1}")

    def draw() -> bytes:
        sheet = _sheet(_decode(frames[number], card, relay))
        return pictures.png(sheet, pictures.scale_to(sheet, LONG_SIDE), label.texts)

    return await _file(request, draw, "image/png", f"{label.name}.png")


@router.get("/api/runs/{run_id}/animation.gif")
async def animation(
    request: Request, run_id: str, session: CurrentSession, guess: WithGuess = False
) -> Response:
    """Return the whole run as an animation, once it is finished; the guess stands on the right."""
    relay, card = await known_run(request, run_id)
    frames = await finished_frames(request, relay, session)

    label = FileLabel.of(relay.spec, card, GUESS_PART if guess else "")

    def draw() -> bytes:
        chosen = pictures.evenly(len(frames), pictures.MOST_ANIMATED)
        sheets = np.stack([_sheet(_decode(frames[k], card, relay), guess) for k in chosen])
        return pictures.gif(sheets, pictures.scale_to(sheets[0], LONG_SIDE), comment=label.comment)

    return await _file(request, draw, "image/gif", f"{label.name}.gif")


@router.get("/api/runs/{run_id}/strip.png")
async def film_strip(
    request: Request, run_id: str, session: CurrentSession, guess: WithGuess = False
) -> Response:
    """Return ten frames side by side, once the run is finished; the guess of each stands below it."""
    relay, card = await known_run(request, run_id)
    frames = await finished_frames(request, relay, session)

    label = FileLabel.of(relay.spec, card, f"strip {GUESS_PART}" if guess else "strip")

    def draw() -> bytes:
        chosen = [
            _decode(frames[k], card, relay) for k in pictures.evenly(len(frames), pictures.LONGEST_STRIP)
        ]
        rows = [
            pictures.strip(pictures.on_paper(np.stack([pane[index] for pane in panes])))
            for index in range(relay.spec.count)
            for panes in zip(*(_panes(frame, guess) for frame in chosen), strict=True)
        ]
        sheet = pictures.contact_sheet(np.stack(rows), columns=1)
        return pictures.png(sheet, max(LEAST_OF_STRIP, pictures.scale_to(sheet, LONG_SIDE)), label.texts)

    return await _file(request, draw, "image/png", f"{label.name}.png")


async def finished_frames(request: Request, relay: Relay[RunSpec], session: Session | None) -> list[bytes]:
    """Wait for all frames of a run; whoever waits takes a stream's place, as one who watches does."""
    slot = services_of(request).streams.take(session.learner_key if session else None)
    try:
        return await relay.finished()
    finally:
        slot.release()


def _decode(content: bytes, card: Card, relay: Relay[RunSpec]) -> Frame:
    return read_frame(content, card.shape, relay.spec.count)


def _panes(frame: Frame, guess: bool) -> tuple[pictures.Pixels, ...]:
    return (frame.x_t, frame.x0_hat) if guess else (frame.x_t,)


def _sheet(frame: Frame, guess: bool = False) -> pictures.Pixels:
    """Print the pictures of a frame as one: the noisy ones, and beside them the guesses where asked for."""
    printed = [pictures.on_paper(pane) for pane in _panes(frame, guess)]
    sheets = [pane[0] if len(pane) == 1 else pictures.contact_sheet(pane) for pane in printed]
    return sheets[0] if len(sheets) == 1 else pictures.contact_sheet(np.stack(sheets), columns=2)


async def _file(request: Request, draw: Callable[[], bytes], media_type: str, name: str) -> Response:
    """Draw in a thread, and name the file for those who save it."""
    content = await anyio.to_thread.run_sync(draw, limiter=services_of(request).drawing)
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "private, max-age=3600"}
    return Response(content, media_type=media_type, headers=headers)
