"""What one connection may take: seconds, and bytes in either direction."""

from __future__ import annotations

from app.web.edge.request_check import MAX_COOKIE_BYTES, MAX_HEADER_BYTES, MAX_QUERY_BYTES

STALLED_MS = 9_000
"""The system notices it a little later; a stalled viewer is gone within ten seconds."""

HEAD_S, BODY_S, KEEP_ALIVE_S = 10, 30, 30
LAST_S = 1
"""A process that stops waits so long for a request that may be under way to it."""

TOLD_S = 3
"""One that is refused may take so long to read that, and one beyond the bound to ask for something."""

SMALL_HEAD_BYTES = MAX_HEADER_BYTES
LARGEST_HEAD_BYTES = MAX_COOKIE_BYTES + MAX_HEADER_BYTES + MAX_QUERY_BYTES
"""Cookies of other sites on the host keep nobody out; only some requests of this size are read at once."""

MOST_HEADERS = 256
MOST_UNREAD = 64 * 1024
"""Bytes of a client that wait here while its request is answered; the rest waits with the client."""

PIECE_BYTES = 64 * 1024
MOST_DISCARDED = 64 * 2**20
"""Bytes of one body, or after a refusal, that are read and thrown away so that the answer is seen."""
