"""Refuses requests that another site makes a browser send (cross-site request forgery).

No tokens: browsers say where a request comes from. `Sec-Fetch-Site` decides; where it is absent (plain
http to a host that is not loopback), `Origin` does. A client that sends neither is no browser, and carries
nobody's cookie unasked.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.edge.errors import Fault, respond
from app.web.edge.origins import is_same_origin
from app.web.edge.session import SAFE_METHODS


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
