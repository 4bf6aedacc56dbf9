"""A run as image files, for downloads and for pages without JavaScript; made when the run has finished.

What the files are is said in `drawn.py`. `HEAD` tells what would be sent, and neither waits for the run nor
draws anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.learners.sessions import Session
from app.ranges import MAX_STEPS
from app.web.edge.api_document import refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.runs import drawn
from app.web.runs.answers import GIF, PNG, RunId
from app.web.runs.api import known_run
from app.web.runs.drawn import DrawnFile

WithGuess = Annotated[
    bool, Query(description="Show the clean guess too, with the noisy picture.", examples=[True])
]

FrameNumber = Annotated[
    int | None,
    Query(ge=0, le=MAX_STEPS, description="Which frame; the finished picture unless given.", examples=[10]),
]

router = APIRouter()


@router.get(
    "/api/runs/{run_id}/image.png", response_class=Response, responses=PNG | refusals(404, 422, 429, 503)
)
async def image(
    request: Request, run_id: RunId, session: CurrentSession, frame: FrameNumber = None
) -> Response:
    """Return one frame's noisy picture (the finished one unless asked otherwise) as PNG."""
    relay, card = await known_run(request, run_id)
    return await _file(request, run_id, session, drawn.still(relay.spec, card, frame))


@router.get(
    "/api/runs/{run_id}/animation.gif", response_class=Response, responses=GIF | refusals(404, 422, 429, 503)
)
async def animation(
    request: Request, run_id: RunId, session: CurrentSession, guess: WithGuess = False
) -> Response:
    """Return the whole run as an animation, once it is finished; the guess stands on the right."""
    relay, card = await known_run(request, run_id)
    return await _file(request, run_id, session, drawn.animation(relay.spec, card, guess=guess))


@router.get(
    "/api/runs/{run_id}/strip.png", response_class=Response, responses=PNG | refusals(404, 422, 429, 503)
)
async def film_strip(
    request: Request, run_id: RunId, session: CurrentSession, guess: WithGuess = False
) -> Response:
    """Return ten frames side by side, once the run is finished; the guess of each stands below it."""
    relay, card = await known_run(request, run_id)
    return await _file(request, run_id, session, drawn.film_strip(relay.spec, card, guess=guess))


for path, endpoint in (("image.png", image), ("animation.gif", animation), ("strip.png", film_strip)):
    router.add_api_route(f"/api/runs/{{run_id}}/{path}", endpoint, methods=["HEAD"], include_in_schema=False)


async def frames_of(
    request: Request, run_id: str, session: Session | None, steps: Sequence[int]
) -> list[bytes]:
    """Wait for the end of a run and return these frames; whoever waits takes a stream's place.

    Raises:
        TryLater: the run failed, or too many wait.
    """
    services = services_of(request)
    slot = services.streams.take(session.learner_key if session else None)
    try:
        return await services.engine.picked(run_id, steps)
    finally:
        slot.release()


async def _file(request: Request, run_id: str, session: Session | None, file: DrawnFile) -> Response:
    """Send a file, drawn if need be; whoever waits for it takes a stream's place.

    Raises:
        TooMany: too many files were asked for.
        TryLater: the run failed, or too many wait.
    """
    services = services_of(request)
    key = (run_id, file.name)
    if request.method == "HEAD":
        return _head(file, services.drawings.kept(key))
    learner = session.learner_key if session else None
    services.drawings.count(learner)

    async def make() -> bytes:
        await services.engine.picked(run_id, ())  # until the end of the run, holding nothing of it
        async with services.drawings.turn(key):
            frames = await services.engine.picked(run_id, file.steps)
            return await services.drawings.draw(partial(file.content, frames))

    slot = services.streams.take(learner)
    try:
        content = await services.drawings.file(key, make)
    finally:
        slot.release()
    return Response(content, media_type=file.media_type, headers=drawn.headers_of(file))


def _head(file: DrawnFile, content: bytes | None) -> Response:
    response = Response(media_type=file.media_type, headers=drawn.headers_of(file))
    del response.headers["content-length"]
    if content is not None:
        response.headers["content-length"] = str(len(content))
    return response
