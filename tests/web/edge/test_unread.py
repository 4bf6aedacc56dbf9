"""Pieces of what a client sends: few, and none with the end of one request and the next."""

from __future__ import annotations

import httptools
import pytest

from app.web.edge.bounds import PIECE_BYTES
from app.web.edge.unread import Unread

GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
EMPTY_LINES = b"\r\n" * 2**19


class Reader:
    """The parser over the pieces of one connection.

    Attributes:
        bodies: of the requests that came whole.
        ended: how many requests ended in each piece.
    """

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.unread = Unread()
        self.bodies: list[bytes] = []
        self.ended: list[int] = []
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = b""

    def on_message_begin(self) -> None:
        self._headers, self._body = [], b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.unread.expect_body(self._headers)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self.unread.expect_head()
        self.bodies.append(self._body)

    def read(self, data: bytes) -> None:
        self.unread.add(data)
        while self.unread:
            before = len(self.bodies)
            self.parser.feed_data(self.unread.piece())
            self.ended.append(len(self.bodies) - before)


def chunked(*chunks: bytes, trailers: bytes = b"", size: bytes = b"%x") -> bytes:
    parts = [size % len(chunk) + b"\r\n" + chunk + b"\r\n" for chunk in chunks]
    return CHUNKED + b"".join(parts) + b"0\r\n" + trailers + b"\r\n"


@pytest.mark.parametrize(
    "body",
    [EMPTY_LINES, b"\r\n0\r\n\r\n" * 2**17, b"0\r\n\r\n" + bytes(2**20), bytes(2**20)],
    ids=["empty lines", "last chunks", "a last chunk first", "zeros"],
)
@pytest.mark.parametrize("framed", [False, True], ids=["of known length", "in chunks"])
def test_a_body_is_taken_in_pieces_of_full_size_whatever_is_in_it(body: bytes, framed: bool) -> None:
    reader = Reader()
    reader.read((chunked(body) if framed else POST % len(body) + body) + GET)
    assert reader.bodies == [body, b""]
    assert len(reader.ended) <= len(body) / PIECE_BYTES + 5


REQUESTS = {
    "bodies with empty lines": (POST % 9 + b"a\r\n\r\n\r\n\r\n", b"a\r\n\r\n\r\n\r\n"),
    "no body": (GET, b""),
    "of length 0": (POST % 0, b""),
    "a last chunk within a chunk": (chunked(b"a", b"\r\n0\r\n\r\n", b"b"), b"a\r\n0\r\n\r\nb"),
    "trailers": (chunked(b"abc", trailers=b"x-late: 1\r\ny: 2\r\n"), b"abc"),
    "extensions": (chunked(b"abc", b"d" * 40, size=b"00%X;a=0"), b"abc" + b"d" * 40),
    "no chunk": (chunked(), b""),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 1000])
def test_a_piece_ends_with_its_request_wherever_the_bytes_were_cut(name: str, step: int) -> None:
    sent, body = REQUESTS[name]
    whole = (sent + GET) * 3
    reader = Reader()
    for at in range(0, len(whole), step):
        reader.read(whole[at : at + step])
    assert reader.bodies == [body, b""] * 3
    assert max(reader.ended) == 1
