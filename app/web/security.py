"""What every request passes before a route sees it, and what every answer carries.

Plain ASGI classes: nothing here looks at the body of an answer, so a stream of frames costs no more than one
comparison a frame. Outermost is `Edge`, so that refusals and crashes carry the same headers as pages.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable, Iterator

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.csrf import CsrfCheck
from app.web.errors import Fault, fault_of, respond

log = logging.getLogger(__name__)

MAX_COOKIE_BYTES = 4 * 1024
MAX_QUERY_BYTES = 8 * 1024
MAX_HEADER_BYTES = 32 * 1024
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


def install_guards(app: FastAPI, settings: Settings) -> None:
    """Put the guards before every route; the last one added is the outermost."""
    app.add_middleware(CsrfCheck)
    app.add_middleware(SizeLimits, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(HostCheck, allowed=settings.allowed_hosts)
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
        except ClientDisconnect:
            return  # nobody is left to be told
        except Exception as error:
            if started:
                raise  # the server breaks the connection off, which is all that can still be said
            log.exception("unhandled error at %s %s", scope["method"], scope["path"])
            await respond(Request(scope), fault_of(error))(scope, receive, send_with_headers)


class HostCheck:
    """Answers only under the names that the server was told are its own (against DNS rebinding)."""

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self.app = app
        self.allowed = frozenset(host_name(host) for host in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not ({host_name(hosts[0]), "*"} & self.allowed):
                message = (
                    "This server does not answer under the name it was asked for (the Host header). "
                    "Use an address it knows, or add the name to ALLOWED_HOSTS."
                )
                await respond(Request(scope), Fault(400, message))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def host_name(host: str) -> str:
    """Take the name out of a `Host` header: without port, brackets, closing dot or capitals."""
    if host.startswith("["):
        name, closing, port = host[1:].partition("]")
        if not closing or ":" not in name:
            return ""
        port = port.removeprefix(":")
    elif host.count(":") > 1:  # an IPv6 address without brackets, as somebody may write it in the settings
        name, port = host, ""
    else:
        name, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return ""
    return name.removesuffix(".").lower()


class SizeLimits:
    """Refuses requests whose headers, query or body are larger than any page here sends."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = next(size_faults(scope, self.max_body_bytes), None)
        if fault is not None:
            await respond(Request(scope), fault)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.max_body_bytes:  # FastAPI passes HTTPException on where it hides any other
                    raise HTTPException(413, body_text(self.max_body_bytes))
            return message

        await self.app(scope, receive_counted, send)


def size_faults(scope: Scope, max_body_bytes: int) -> Iterator[Fault]:
    """Say what is too large about a request, as far as its head tells."""
    headers = Headers(scope=scope)
    if any(ord(letter) < 32 or letter == "\x7f" for letter in scope["path"]):
        yield Fault(400, "The address contains control characters.")
    if len(scope["query_string"]) > MAX_QUERY_BYTES:
        yield Fault(414, f"The part of the address after '?' is over {MAX_QUERY_BYTES} bytes long.")
    if sum(len(cookie) for cookie in headers.getlist("cookie")) > MAX_COOKIE_BYTES:
        yield Fault(400, f"The cookies are over {MAX_COOKIE_BYTES} bytes; ours takes about 100.", "cookie")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        yield Fault(431, f"The headers are over {MAX_HEADER_BYTES} bytes together.")
    if any("," in part for part in headers.getlist("range")):
        yield Fault(416, "Only one range of bytes is served at a time.")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        yield Fault(400, "Content-Length is not a whole number.")
    elif len(length) > 18 or int(length) > max_body_bytes:
        yield Fault(413, body_text(max_body_bytes))


def body_text(max_body_bytes: int) -> str:
    """Say how large a body may be."""
    return f"The body is too large: at most {max_body_bytes} bytes are taken."
