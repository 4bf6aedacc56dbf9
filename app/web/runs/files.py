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
from app.errors import InvalidRequest
from app.learners.sessions import Session
from app.ranges import MAX_STEPS
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs.api import known_run

SMALLEST_SIDE = 224

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

    def draw() -> bytes:
        sheet = _sheet(_decode(frames[number], card, relay))
        return pictures.png(sheet, scale_of(sheet))

    return await _file(draw, "image/png", f"{card.name}-{run_id[:8]}-{number}.png")


@router.get("/api/runs/{run_id}/animation.gif")
async def animation(request: Request, run_id: str, session: CurrentSession) -> Response:
    """Return the whole run as an animation, once it is finished."""
    relay, card = await known_run(request, run_id)
    frames = await finished_frames(request, relay, session)

    def draw() -> bytes:
        sheets = np.stack([_sheet(_decode(frame, card, relay)) for frame in frames])
        return pictures.gif(sheets, scale_of(sheets[0]))

    return await _file(draw, "image/gif", f"{card.name}-{run_id[:8]}.gif")


@router.get("/api/runs/{run_id}/strip.png")
async def film_strip(request: Request, run_id: str, session: CurrentSession) -> Response:
    """Return ten frames side by side, once the run is finished."""
    relay, card = await known_run(request, run_id)
    frames = await finished_frames(request, relay, session)

    def draw() -> bytes:
        chosen = np.unique(np.linspace(0, len(frames) - 1, 10).round().astype(int))
        rows = [
            pictures.strip(np.stack([_decode(frames[k], card, relay).x_t[index] for k in chosen]))
            for index in range(relay.spec.count)
        ]
        return pictures.png(pictures.contact_sheet(np.stack(rows), columns=1), scale=3)

    return await _file(draw, "image/png", f"{card.name}-{run_id[:8]}-strip.png")


async def finished_frames(request: Request, relay: Relay, session: Session | None) -> list[bytes]:
    """Wait for all frames of a run; whoever waits takes a stream's place, as one who watches does."""
    slot = services_of(request).limits.stream(session.learner_key if session else None)
    try:
        return await relay.finished()
    finally:
        slot.release()


def _decode(content: bytes, card: Card, relay: Relay) -> Frame:
    return read_frame(content, card.shape, relay.spec.count)


def _sheet(frame: Frame) -> pictures.Pixels:
    """Lay the noisy pictures of a frame out as one."""
    return frame.x_t[0] if len(frame.x_t) == 1 else pictures.contact_sheet(frame.x_t)


def scale_of(sheet: pictures.Pixels) -> int:
    """Choose how large a pixel is drawn, so that one picture and a sheet of sixteen are about as large."""
    return max(1, SMALLEST_SIDE // int(min(sheet.shape[:2])))


async def _file(draw: Callable[[], bytes], media_type: str, name: str) -> Response:
    """Draw in a thread, and name the file for those who save it."""
    content = await anyio.to_thread.run_sync(draw)
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "private, max-age=3600"}
    return Response(content, media_type=media_type, headers=headers)
