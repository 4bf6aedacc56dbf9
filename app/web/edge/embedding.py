"""Pages within pages of other sites: which may show ours in a frame, and what is remembered there.

Browsers refuse the frame to every site but those of `EMBED_ORIGINS` (`frame-ancestors`). In it they keep
cookies only if these say that they may come from other sites' pages, and are kept apart for each of those
(`SameSite=None; Secure; Partitioned`). That takes TLS; without it nothing is remembered there.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from urllib.parse import urlsplit

from starlette.requests import Request

FRAMES = frozenset({"iframe", "frame", "embed", "object"})
HEADER = "X-Embedded"
"""What `static/embedded.js` adds to the requests of a page in a frame: of these browsers do not say so."""


class Frame(Enum):
    """Where the page is shown that a request comes from, or will be."""

    NONE = "none"
    ALLOWED = "allowed"
    UNKNOWN = "unknown"  # in a frame of a page that may not show it, or does not say which it is


def frame_of(request: Request, origins: Collection[str]) -> Frame:
    """Say where a request's page is shown; frames are allowed to these origins.

    A page of ours that is in a frame was allowed there by its browser; what opens the frame has to be one of
    the origins.
    """
    headers = request.headers
    if headers.get("sec-fetch-dest") not in FRAMES and HEADER not in headers:
        return Frame.NONE
    if headers.get("sec-fetch-site", "same-origin") == "same-origin":
        return Frame.ALLOWED
    parent = urlsplit(headers.get("referer", ""))
    return Frame.ALLOWED if f"{parent.scheme}://{parent.netloc}".lower() in origins else Frame.UNKNOWN
