"""What every answer carries, and the order of the guards before every route.

Plain ASGI classes: nothing here looks at the body of an answer, so a stream of frames costs no more than one
comparison a frame. Outermost is `Edge`, so that refusals and crashes carry the same headers as pages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.edge.errors import Fault, fault_of, respond
from app.web.edge.request_check import CsrfCheck, RequestCheck

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
HTTPS_HEADERS = (*HEADERS, (b"strict-transport-security", b"max-age=31536000"))

STOPPED = Fault(503, "This server is stopping; ask again in a moment.", headers={"retry-after": "2"})


def install_guards(app: FastAPI, settings: Settings) -> None:
    """Put the guards before every route; the last one added is the outermost."""
    app.add_middleware(CsrfCheck)
    app.add_middleware(RequestCheck, allowed=settings.allowed_hosts, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(Edge)


class Edge:
    """Adds the security headers to every answer, and answers 500 for what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = HTTPS_HEADERS if scope["scheme"] == "https" else HEADERS
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
