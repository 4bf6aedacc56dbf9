"""The cookie that carries a learner's session: how it is named, read, set and removed.

What its value means belongs to `learners/sessions.py`. Nobody gets a cookie for reading a lesson: it comes
when a browser first opens the practice, answers a question or starts a run.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidRequest
from app.learners.sessions import Session, read_session
from app.web.edge.services import services_of

VERIFIED = "fromnoise.session"
"""Where a request's scope keeps its learner, so that a cookie is verified once a request."""

ONE_YEAR_S = 365 * 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ForgedSession(InvalidRequest):
    """A cookie that was not made here came with a request that would change something.

    Args:
        message: what is wrong with it.
        cookie_name: the cookie to remove.
    """

    def __init__(self, message: str, cookie_name: str) -> None:
        super().__init__(message, field="cookie")
        self.cookie_name = cookie_name


def cookie_name(scheme: str) -> str:
    """Name the session cookie; under https its prefix makes browsers insist on `Secure`."""
    return "__Host-fromnoise" if scheme == "https" else "fromnoise"


def session_of(request: Request) -> Session | None:
    """Tell which learner asks, or None for a client without a cookie. A request's cookie is verified once.

    Raises:
        ForgedSession: the cookie is forged or malformed and the request would change something; for reading,
            such a cookie counts as none.
    """
    if VERIFIED not in request.scope:
        request.scope[VERIFIED] = _verified(request)
    session: Session | None = request.scope[VERIFIED]
    return session


def _verified(request: Request) -> Session | None:
    name = cookie_name(request.url.scheme)
    cookie = request.cookies.get(name)
    if cookie is None:
        return None
    try:
        return read_session(services_of(request).secret, cookie)
    except InvalidRequest as error:
        if request.method in SAFE_METHODS:
            return None
        raise ForgedSession(str(error), name) from error


async def current_session(request: Request) -> Session | None:
    """Do the same as a dependency; FastAPI would call one that is not async in a thread."""
    return session_of(request)


CurrentSession = Annotated[Session | None, Depends(current_session)]


def keep_session(request: Request, response: Response, session: Session) -> None:
    """Have the browser keep this session for a year."""
    scheme = request.url.scheme
    response.set_cookie(
        cookie_name(scheme),
        session.cookie,
        max_age=ONE_YEAR_S,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop_session(request: Request, response: Response) -> None:
    """Have the browser forget its session."""
    response.headers.append("set-cookie", forget_cookie_header(cookie_name(request.url.scheme)))


def forget_cookie_header(name: str) -> str:
    """Write the `Set-Cookie` that removes a session cookie."""
    secure = "; Secure" if name.startswith("__Host-") else ""
    return f'{name}=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax{secure}'
