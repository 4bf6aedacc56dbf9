"""The path that the site is served below: taken off what comes in, and put before where redirections lead.

Proxies pass the whole path on, or take the prefix off themselves; both are understood. That is why no address
of the site itself may begin like the prefix.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from urllib.parse import urlsplit, urlunsplit

from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import InvalidRequest
from app.web.delivery.addresses import under

ROOT_PATH = "fromnoise.root_path"
"""Where a request's scope says what the site is served below. ASGI's own `root_path` is for mounted parts."""


def root_path_of(request: Request) -> str:
    """Return the path that the site is served below; empty at the root."""
    return str(request.scope.get(ROOT_PATH, ""))


def require_distinct(root_path: str, routes: Iterable[BaseRoute]) -> None:
    """See that no address of the site begins like the path that it is served below.

    Raises:
        InvalidRequest: one does; the prefix could not be told from a page.
    """
    first = root_path.split("/")[1] if root_path else ""
    taken = {str(getattr(route, "path", "/")).split("/")[1] for route in routes}
    if first and first in taken:
        message = f"ROOT_PATH may not begin with /{first}: pages of this site do; choose another name"
        raise InvalidRequest(message, "root_path")


class UnderRoot:
    """Serves a site below a path.

    Args:
        app: the site, whose addresses begin at the root.
        root_path: as `/noise`.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, scope = scope["path"], {**scope, ROOT_PATH: self.root_path}
        if path == self.root_path or path.startswith(f"{self.root_path}/"):
            scope["path"] = path[len(self.root_path) :] or "/"

        def send_led(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start" and 300 <= message["status"] < 400:
                message["headers"] = [self._led(pair, scope) for pair in message.get("headers", ())]
            return send(message)

        await self.app(scope, receive, send_led)

    def _led(self, pair: tuple[bytes, bytes], scope: Scope) -> tuple[bytes, bytes]:
        """Let a `Location` on this site lead below the path; it is a whole address after a slash too many."""
        name, value = pair
        if name.lower() != b"location":
            return pair
        address = urlsplit(value.decode("latin-1"))
        hosts = [host for header, host in scope["headers"] if header == b"host"]
        if address.netloc and address.netloc.encode("latin-1") not in hosts:
            return pair
        led = urlunsplit(address._replace(path=under(self.root_path, address.path)))
        return name, led.encode("latin-1")
