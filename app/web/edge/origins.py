"""Where a request comes from: whether from a page of ours, and from which lesson or lab."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import Request

from app.web.edge.root_path import root_path_of
from app.web.edge.services import services_if_any

DEFAULT_PORTS = {"http": 80, "https": 443}
LESSON = re.compile(r"/lessons/([^/]+)(?:/.*)?")
LAB = re.compile(r"/labs/[a-z0-9-]+")


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
    """Return the address of the lesson whose page, or practice, sent a request; None for any other page."""
    services = services_if_any(request)
    found = LESSON.fullmatch(_path_behind(request))
    if services is None or found is None:
        return None
    known = {lesson.slug for lesson in services.catalogue.lessons}
    return f"/lessons/{found.group(1)}" if found.group(1) in known else None


def lab_behind(request: Request) -> str | None:
    """Return the address of the page of a lab by itself that sent a request; None for any other page."""
    path = _path_behind(request)
    return path if LAB.fullmatch(path) else None


def _path_behind(request: Request) -> str:
    """Return the path of what a browser names as the page before (`Referer`), if that is one of ours."""
    referer = request.headers.get("referer", "")
    is_ours = is_same_origin(referer, request.headers.get("host", ""))
    path = urlsplit(referer).path if is_ours else ""
    root_path = root_path_of(request)
    return path.removeprefix(root_path) if path.startswith(f"{root_path}/") else ""
