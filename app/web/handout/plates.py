"""The strips that stand for a lesson's plates on paper: each drawn when it is first asked for, then kept.

What a strip is of is the lesson's choice alone: there are as many as plates, the same for everyone. The run
behind one counts as any other run of whoever asks first. Where it cannot be drawn now, a picture says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.engine.frame_events import read_frame
from app.errors import FromNoiseError, NotFound
from app.labs.registry import LabsOfLesson
from app.labs.strip import Strip, strip_of, strip_path
from app.pictures import Pixels
from app.web.delivery.ready import REVALIDATE, Ready
from app.web.edge.errors import fault_of
from app.web.edge.services import services_of
from app.web.edge.session import session_of
from app.web.runs.api import start
from app.web.runs.files import frames_of

INSTEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 216" width="1200" height="216">'
    '<rect width="1200" height="216" fill="#fff" stroke="#999" stroke-width="4"/>'
    '<g font-family="sans-serif" font-size="28" fill="#333">'
    '<text x="24" y="56">The pictures are missing: the model did not run just now.</text>'
    '<text x="24" y="100">{}</text></g></svg>'
)
"""A picture in place of one that cannot be drawn: what is printed shows pictures, and no page of an error."""


class PlateStrips:
    """The route of all strips, an ASGI application.

    Args:
        strips: by address.
    """

    def __init__(self, strips: Mapping[str, Strip]) -> None:
        self._strips = strips
        self._drawn: dict[str, Ready] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a strip, or a picture that says why there is none now.

        Raises:
            NotFound: there is none at this address.
        """
        path = scope["path"]
        if path not in self._strips:
            raise NotFound("There is no picture at this address.")
        if path not in self._drawn and scope["method"] == "HEAD":
            await _announced(scope, receive, send)
            return
        if path not in self._drawn:
            try:
                content = await _drawn(Request(scope, receive), self._strips[path])
            except FromNoiseError as error:
                await _instead(error)(scope, receive, send)
                return
            self._drawn[path] = Ready(content, "image/png")
        await self._drawn[path](scope, receive, send)


def plate_route(strips: Mapping[str, Strip]) -> Route:
    """Route every strip."""
    return Route("/lessons/{slug}/plates/{name}", PlateStrips(strips), methods=["GET", "HEAD"])


def strips_of_course(labs: Mapping[str, LabsOfLesson]) -> dict[str, Strip]:
    """List the strips of all lessons by their addresses."""
    found = {
        strip_path(slug, lab_id): strip_of(read)
        for slug, of_lesson in labs.items()
        for lab_id, read in of_lesson.items()
    }
    return {path: strip for path, strip in found.items() if strip is not None}


async def _announced(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what would be sent, without drawing it."""
    response = Response(media_type="image/png", headers={"cache-control": REVALIDATE})
    del response.headers["content-length"]
    await response(scope, receive, send)


async def _drawn(request: Request, strip: Strip) -> bytes:
    """Draw a strip, once for all who ask meanwhile."""
    drawings, key = services_of(request).drawings, (request.scope["path"],)
    session = session_of(request)
    drawings.count(session.learner_key if session else None)

    async def make() -> bytes:
        frames = await _frames(request, strip)
        async with drawings.turn(key):
            return await drawings.draw(lambda: strip.file(frames))

    return await drawings.file(key, make)


async def _frames(request: Request, strip: Strip) -> list[Pixels]:
    """Have the strip's run made, and read the frames that it shows.

    Raises:
        TooMany, TryLater: as for any other run.
    """
    if strip.run is None:
        return []
    session = session_of(request)
    run = await start(request, strip.run, session)
    frames = await frames_of(request, run.id, session, strip.steps)
    return [read_frame(frame, run.card.shape, run.reading.spec.count).x_t for frame in frames]


def _instead(error: FromNoiseError) -> Response:
    fault = fault_of(error)
    headers = {"retry-after": "5", "cache-control": "no-store", **fault.headers}
    status = fault.status if fault.status == 429 else 503
    return Response(INSTEAD.format(escape(str(error))), status, headers, media_type="image/svg+xml")
