"""Answers made once and sent as they stand: pages that are the same for everyone, and static files.

A `Ready` is an ASGI application of its own, so that nothing is parsed, built or encoded per request.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

REVALIDATE = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
WORTH_GZIP_BYTES = 512
MOST_ACCEPTED_BYTES = 1024
WEIGHT = re.compile(rb"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class Ready:
    """One resource: its bytes, their compressed form where that is smaller, and a strong ETag for each.

    Args:
        body: the resource.
        media_type: with its charset where it is text.
        cache: the Cache-Control header.
        status: of the answer when it is sent whole.
    """

    def __init__(self, body: bytes, media_type: str, cache: str = REVALIDATE, status: int = 200) -> None:
        self.body = body
        self.status = status
        self.etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        self._plain = _Variant(body, self.etag, media_type, cache, encoding=None)
        packed = _packed(body) if len(body) >= WORTH_GZIP_BYTES else body
        self._packed = self._plain
        if len(packed) < 0.9 * len(body):
            self._packed = _Variant(packed, f'{self.etag[:-1]}-gz"', media_type, cache, encoding="gzip")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the resource, or 304 when the client has it already."""
        held, accepted = b"", b""
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                held = value
            elif name == b"accept-encoding":
                accepted = b"%b,%b" % (accepted, value) if accepted else value
        variant = self._packed if takes_gzip(accepted) else self._plain
        if held and self.status == 200 and variant.matches(held):
            await send({"type": "http.response.start", "status": 304, "headers": variant.unchanged})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": variant.headers.copy()})
        body = b"" if scope["method"] == "HEAD" else variant.body
        await send({"type": "http.response.body", "body": body})


@functools.lru_cache(maxsize=256)
def takes_gzip(accepted: bytes) -> bool:
    """Say whether an `Accept-Encoding` takes gzip, and would not rather have what is not compressed.

    Reference: RFC 9110, section 12.5.3: names in any case, `x-gzip` for `gzip`, `*` for what is not named, a
    weight of 0 for what is not taken. A weight that cannot be read counts as 0, so nobody gets what they may
    not be able to read.
    """
    if len(accepted) > MOST_ACCEPTED_BYTES:
        return False
    weights: dict[bytes, float] = {}
    for part in accepted.lower().split(b","):
        name, *parameters = (piece.strip() for piece in part.split(b";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition(b"=")
            if key.strip() == b"q":
                found = WEIGHT.fullmatch(value.strip())
                weight = float(found[0]) if found else 0.0
        weights.setdefault(b"gzip" if name == b"x-gzip" else name, weight)
    gzip = weights.get(b"gzip", weights.get(b"*", 0.0))
    return gzip > 0.0 and gzip >= weights.get(b"identity", 0.0)


@functools.lru_cache(maxsize=512)
def _packed(body: bytes) -> bytes:
    """Compress a body once, although a file is made ready for two addresses."""
    return gzip.compress(body, 9, mtime=0)


class _Variant:
    def __init__(self, body: bytes, etag: str, media_type: str, cache: str, encoding: str | None) -> None:
        self.body = body
        self._etag = etag.encode()
        fields: Mapping[str, str] = {"etag": etag, "cache-control": cache, "vary": "accept-encoding"}
        self._unchanged = [(name.encode(), value.encode()) for name, value in fields.items()]
        self.headers: Headers = [
            *self._unchanged,
            (b"content-type", media_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        if encoding:
            self.headers.append((b"content-encoding", encoding.encode()))

    @property
    def unchanged(self) -> Headers:
        """The headers of a 304; a new list each time, since middleware adds to it."""
        return self._unchanged.copy()

    def matches(self, held: bytes) -> bool:
        """Compare an If-None-Match header: one tag, several, weak ones, or `*`."""
        if held == self._etag:
            return True
        tags = [tag.strip().removeprefix(b"W/") for tag in held.split(b",")]
        return self._etag in tags or tags == [b"*"]


def ready_html(html: str) -> Ready:
    """Make a page ready."""
    return Ready(html.encode(), "text/html; charset=utf-8")
