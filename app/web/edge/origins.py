"""Where a request comes from: whether from a page of ours, and from which lesson."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import Request

from app.web.edge.services import services_if_any

DEFAULT_PORTS = {"http": 80, "https": 443}
LESSON = re.compile(r"/lessons/([^/]+)(?:/.*)?")


def is_same_origin(origin: str, host: str) -> bool:
    """Whether an `Origin` names the same host and port as the `Host` that the request is for."""
    try:
        from_, to = urlsplit(origin), urlsplit(f"//{host}")
        # The proxy in front may end https: both sides take Origin's default.
        port = DEFAULT_PORTS[from_.scheme]
        same_port = (from_.port or port) == (to.port or port)
    except (KeyError, ValueError):  # "null", or no address at all
        return False
    return same_port and from_.hostname is not None and from_.hostname == to.hostname


def lesson_behind(request: Request) -> str | None:
    """Return the address of the lesson whose page, or practice, sent a request; None for any other page.

    What a browser names as the page before (`Referer`) counts only if it is one of ours.
    """
    referer = request.headers.get("referer", "")
    services = services_if_any(request)
    if services is None or not is_same_origin(referer, request.headers.get("host", "")):
        return None
    found = LESSON.fullmatch(urlsplit(referer).path)
    known = {lesson.slug for lesson in services.catalogue.lessons}
    return f"/lessons/{found.group(1)}" if found and found.group(1) in known else None
