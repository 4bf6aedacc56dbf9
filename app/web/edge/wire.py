"""Answers written onto a connection itself: refusals of what no route will ever see."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from app.web.edge.bounds import LARGEST_HEAD_BYTES, MOST_HEADERS
from app.web.edge.security import HEADERS

RETRY_AFTER = (b"retry-after", b"2")

NOT_HTTP = (400, "What came is not a request in HTTP/1.1.")
NO_HEAD = (408, "The head of this request did not come in time: {} s are allowed.")
NO_BODY = (408, "The body of this request did not come in time: {} s are allowed.")
BARREN = (400, "This request has more around its body than in it.")
LARGE_HEAD = (431, f"The head of this request is over {LARGEST_HEAD_BYTES} bytes long.")
MANY_HEADERS = (431, f"This request has over {MOST_HEADERS} headers.")
NO_ROOM = (503, "Too many requests with large heads come at the moment. Please try again in a moment.")
FULL = (503, "This server has as many connections as it takes. Please try again in a moment.")


def refusal(status: int, message: str) -> bytes:
    """Write a whole answer in plain text, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [b"%s: %s" % header for header in _headers(status, message)]
    return b"\r\n".join([*lines, b"", message.encode()])


async def answer_full(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a request since there are too many connections; an ASGI application."""
    status, message = FULL
    await send({"type": "http.response.start", "status": status, "headers": _headers(status, message)})
    await send({"type": "http.response.body", "body": message.encode()})


def _headers(status: int, message: str) -> list[tuple[bytes, bytes]]:
    headers = [
        *HEADERS,
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(message.encode())).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append(RETRY_AFTER)
    return headers
