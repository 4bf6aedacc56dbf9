"""What every answer carries, and the order of the guards before every route.

Plain ASGI classes: nothing here looks at the body of an answer, so a stream of frames costs no more than one
comparison a frame. Outermost is `Edge`, so that refusals and crashes carry the same headers as pages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.edge.errors import Fault, fault_of, respond
from app.web.edge.forwarded import Forwarded
from app.web.edge.request_check import CsrfCheck, RequestCheck
from app.web.edge.root_path import UnderRoot

log = logging.getLogger(__name__)

NOT_IN_FRAMES = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    f"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; {NOT_IN_FRAMES}"
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")

STOPPED = Fault(503, "This server is stopping; ask again in a moment.", headers={"retry-after": "2"})


def install_guards(app: FastAPI, settings: Settings) -> None:
    """Put the guards before every route; the last one added is the outermost."""
    app.add_middleware(CsrfCheck)
    app.add_middleware(RequestCheck, allowed=settings.allowed_hosts, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(Edge, embed_origins=settings.embed_origins)
    if settings.root_path:
        app.add_middleware(UnderRoot, root_path=settings.root_path)
    if settings.trusted_proxies:
        app.add_middleware(Forwarded, trusted=settings.trusted_proxies)


class Edge:
    """Adds the security headers to every answer, and answers 500 for what nobody caught.

    Args:
        app: what serves the request.
        embed_origins: of the sites whose pages may show ours in a frame.
    """

    def __init__(self, app: ASGIApp, embed_origins: Collection[str] = ()) -> None:
        self.app = app
        allowed = f"frame-ancestors {' '.join(embed_origins)}" if embed_origins else NOT_IN_FRAMES
        self._headers = tuple(
            (name, value.replace(NOT_IN_FRAMES.encode(), allowed.encode())) for name, value in HEADERS
        )
        self._https_headers = (*self._headers, HTTPS_ONLY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = self._https_headers if scope["scheme"] == "https" else self._headers
        started = False

        def send_with_headers(message: Message) -> Awaitable[None]:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *added]
            return send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except asyncio.CancelledError:  # the server stops: uvicorn would log it with its trace
            if not started:
                await respond(Request(scope), STOPPED)(scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # nobody is left to be told
        except Exception as error:
            if started:
                raise  # the server breaks the connection off, which is all that can still be said
            log.exception("unhandled error at %s %s", scope["method"], scope["path"])
            await respond(Request(scope), fault_of(error))(scope, receive, send_with_headers)
