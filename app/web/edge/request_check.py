"""What every request passes before a route sees it: the host it names, the sizes of its parts, and its page.

The head is read once, as the bytes that came: this runs before every answer, ready pages and all.

Requests that another site makes a browser send (cross-site request forgery) are refused without tokens:
browsers say where a request comes from. `Sec-Fetch-Site` decides; where it is absent (plain http to a host
that is not loopback), `Origin` does. A client that sends neither is no browser, and carries nobody's cookie
unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.edge.errors import Fault, respond
from app.web.edge.origins import is_same_origin
from app.web.edge.session import SAFE_METHODS

MAX_COOKIE_BYTES = 1024 * 1024
"""Browsers send what other sites on the host have set, at most some 180 cookies of 4 kB; ours takes 100 B."""

FEW_COOKIE_BYTES = 512
MOST_COOKIES = 200
"""Of our names; see `MOST_TRIED` in `session.py`."""

OWN_COOKIE = re.compile(rb"(?:^|;)[ \t]*((?:__Host-)?fromnoise[^=;]{0,40}=[^;]{0,512})")

MAX_QUERY_BYTES = 16 * 1024
"""A run's page has both prompts in its address, and the worst of their letters take 12 bytes each."""

MAX_HEADER_BYTES = 32 * 1024
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LENGTH = re.compile(rb"[0-9]+")


class Head:
    """What the check needs to know of a request's headers.

    Attributes:
        hosts: each `Host`.
        cookie_bytes: length of all cookies together.
        bytes: length of all other names and values together.
        length: the `Content-Length`, b"0" where there is none.
        many_ranges: whether more than one range of bytes is asked for.
    """

    __slots__ = ("bytes", "cookie_bytes", "hosts", "length", "many_ranges")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.hosts: list[bytes] = []
        self.cookie_bytes = self.bytes = 0
        self.length = b"0"
        self.many_ranges = False
        for name, value in headers:
            if name == b"cookie":
                self.cookie_bytes += len(value)
                continue
            self.bytes += len(name) + len(value)
            if name == b"host":
                self.hosts.append(value)
            elif name == b"content-length":
                self.length = value
            elif name == b"range":
                self.many_ranges |= b"," in value


def own_cookies(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Leave out the cookies of other sites on the host, which nothing here has to read."""
    for name, value in headers:
        if name != b"cookie":
            yield name, value
            continue
        ours = islice(OWN_COOKIE.finditer(value), MOST_COOKIES)
        yield name, b"; ".join(found[1] for found in ours)


class RequestCheck:
    """Lets a request pass if it is for this server and no larger than any that a page here sends.

    Args:
        app: what serves the request then.
        allowed: host names that the server answers under, `*` for any (against DNS rebinding).
        max_body_bytes: largest body taken.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str], max_body_bytes: int) -> None:
        self.app = app
        self.allowed = frozenset(host_name(host) for host in allowed)
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = Head(scope["headers"])
        fault = next(self.faults(scope, head), None)
        if fault is not None:
            await respond(Request(scope), fault)(scope, receive, send)
            return
        if head.cookie_bytes > FEW_COOKIE_BYTES:
            scope["headers"] = [*own_cookies(scope["headers"])]
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.max_body_bytes:  # FastAPI passes HTTPException on where it hides any other
                    raise HTTPException(413, self._too_large())
            return message

        await self.app(scope, receive_counted, send)

    def faults(self, scope: Scope, head: Head) -> Iterator[Fault]:
        """Say what is wrong with a request, as far as its head tells."""
        if not self._is_ours(head.hosts):
            yield Fault(
                400,
                "This server does not answer under the name it was asked for (the Host header). "
                "Use an address it knows, or add the name to ALLOWED_HOSTS.",
            )
        if CONTROL.search(scope["path"]):
            yield Fault(400, "The address contains control characters.")
        if len(scope["query_string"]) > MAX_QUERY_BYTES:
            yield Fault(414, f"The part of the address after '?' is over {MAX_QUERY_BYTES} bytes long.")
        if head.cookie_bytes > MAX_COOKIE_BYTES:
            yield Fault(
                431, f"The cookies are over {MAX_COOKIE_BYTES} bytes; ours takes about 100.", "cookie"
            )
        if head.bytes > MAX_HEADER_BYTES:
            yield Fault(431, f"The headers are over {MAX_HEADER_BYTES} bytes together, cookies not counted.")
        if head.many_ranges:
            yield Fault(416, "Only one range of bytes is served at a time.")
        if not LENGTH.fullmatch(head.length):
            yield Fault(400, "Content-Length is not a whole number.")
        elif len(head.length) > 18 or int(head.length) > self.max_body_bytes:
            yield Fault(413, self._too_large())

    def _is_ours(self, hosts: list[bytes]) -> bool:
        if len(hosts) != 1:
            return False
        return "*" in self.allowed or host_name(hosts[0].decode("latin-1")) in self.allowed

    def _too_large(self) -> str:
        return f"The body is too large: at most {self.max_body_bytes} bytes are taken."


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


class CsrfCheck:
    """ASGI middleware: lets unsafe methods through only from our own pages, or from no browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            fault = cross_site_fault(Headers(scope=scope))
            if fault is not None:
                await respond(Request(scope), fault)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def cross_site_fault(headers: Headers) -> Fault | None:
    """Say why a request that changes something is refused, or None if it may pass."""
    sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if sites:
        if all(site in ("same-origin", "none") for site in sites):
            return None
        return Fault(403, "This request was sent by another site's page. Please use the page here instead.")
    if all(is_same_origin(origin, headers.get("host", "")) for origin in origins):
        return None
    return Fault(
        403,
        "The page that sent this request (Origin) is not of this host (Host). Please use the page here; "
        "a proxy in front of the server has to pass the Host header on.",
    )
