"""The cookie that carries a learner's session: how it is named, read, set and removed.

What its value means belongs to `learners/sessions.py`. Nobody gets a cookie for reading a lesson: it comes
when a browser first opens the practice, answers a question or starts a run.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidRequest
from app.learners.missing import MissingRecords
from app.learners.sessions import Session, read_session
from app.web.edge.embedding import Frame, frame_of
from app.web.edge.services import services_of

VERIFIED = "fromnoise.session"
"""Where a request's scope keeps its learner, so that a cookie is verified once a request."""

ONE_YEAR_S = 365 * 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
MOST_TRIED = 200
"""Cookies of our names that are verified for one request: a browser keeps no more for a site, so whoever can
plant some there (for longer paths, or for all names of a domain) cannot hide the good one behind them."""


def cookie_name(scheme: str, secret: bytes) -> str:
    """Name the session cookie of this instance: others on the same host have other records and another name.

    Under https its prefix makes browsers insist on `Secure`.
    """
    mark = hmac.digest(secret, b"cookie name", "sha256").hex()[:8]
    return f"{former_name(scheme)}-{mark}"


def former_name(scheme: str) -> str:
    """Return the name that the cookies of all instances had once; it is still read."""
    return "__Host-fromnoise" if scheme == "https" else "fromnoise"


def session_of(request: Request) -> Session | None:
    """Tell which learner asks, or None for a client without a cookie of ours. It is verified once a request.

    A cookie that is damaged, or that another instance made, counts as none.
    """
    if VERIFIED not in request.scope:
        request.scope[VERIFIED] = _verified(request)
    session: Session | None = request.scope[VERIFIED]
    return session


def _verified(request: Request) -> Session | None:
    secret = services_of(request).secret
    scheme = request.url.scheme
    for value in islice(_values(request, cookie_name(scheme, secret), former_name(scheme)), MOST_TRIED):
        with contextlib.suppress(InvalidRequest):
            return read_session(secret, value)
    return None


def _is_ours(request: Request, name: str) -> bool:
    for value in islice(_values(request, name), MOST_TRIED):
        with contextlib.suppress(InvalidRequest):
            read_session(services_of(request).secret, value)
            return True
    return False


def _values(request: Request, *names: str) -> Iterator[str]:
    """Yield the values of cookies with these names, those of the first name first; a name may come twice."""
    pairs = [
        (name.strip(), value.strip())
        for header in request.headers.getlist("cookie")
        for name, _, value in (pair.partition("=") for pair in header.split(";"))
    ]
    for wanted in names:
        yield from (value for name, value in pairs if name == wanted)


async def current_session(request: Request) -> Session | None:
    """Do the same as a dependency; FastAPI would call one that is not async in a thread."""
    return session_of(request)


CurrentSession = Annotated[Session | None, Depends(current_session)]


def keep_session(request: Request, response: Response, session: Session) -> None:
    """Have the browser keep this session for a year; without records there is nobody to be kept.

    In a frame of another site it is kept for that site alone, and under https alone.
    """
    services, scheme = services_of(request), request.url.scheme
    frame = _frame_of(request)
    if isinstance(services.records, MissingRecords) or _keeps_nothing(frame, scheme):
        return
    name = cookie_name(scheme, services.secret)
    kept = f"{name}={session.cookie}; Max-Age={ONE_YEAR_S}{_attributes(request, frame)}"
    response.headers.append("set-cookie", kept)


def _frame_of(request: Request) -> Frame:
    origins = services_of(request).settings.embed_origins
    return frame_of(request, origins) if origins else Frame.NONE


def _keeps_nothing(frame: Frame, scheme: str) -> bool:
    return frame is Frame.UNKNOWN or (frame is Frame.ALLOWED and scheme != "https")


def _attributes(request: Request, frame: Frame) -> str:
    """Say what a cookie is sent with: to this site below its path, and to no script.

    Under https the path is the root, as browsers insist for names that begin with `__Host-`.
    """
    if request.url.scheme != "https":
        return f"; HttpOnly; Path={services_of(request).settings.root_path or '/'}; SameSite=lax"
    others = "none; Partitioned" if frame is Frame.ALLOWED else "lax"
    return f"; HttpOnly; Path=/; Secure; SameSite={others}"


def drop_session(request: Request, response: Response) -> None:
    """Have the browser forget its session; a cookie of the former name may be another instance's."""
    scheme, secret = request.url.scheme, services_of(request).secret
    former = former_name(scheme)
    names = [cookie_name(scheme, secret), *([former] if _is_ours(request, former) else [])]
    attributes = _attributes(request, _frame_of(request))
    for name in names:
        response.headers.append("set-cookie", f'{name}=""; Max-Age=0{attributes}')
