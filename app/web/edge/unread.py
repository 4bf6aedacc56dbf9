"""What a client has sent and nobody has parsed yet, in pieces that end where a request does.

The parser would begin the next request within the same piece too. Where a request ends follows from its
framing (RFC 9112, sections 2.1 and 6): a head ends at the first empty line, a body after its
`Content-Length` or its last chunk. A body is not searched for empty lines, since it may consist of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.web.edge.bounds import PIECE_BYTES

HEAD_END = b"\r\n\r\n"
LINE_END = b"\r\n"


class Unread:
    """The bytes of one connection; `len` counts them.

    Attributes:
        is_in_chunks: whether a body is taken whose length is not known.
    """

    def __init__(self) -> None:
        self._bytes = b""
        self._place = 0
        self.expect_head()

    def __len__(self) -> int:
        return len(self._bytes) - self._place

    def add(self, data: bytes) -> None:
        """Put what came behind what is there."""
        self._bytes = self._bytes[self._place :] + data if len(self) else data
        self._place = 0

    def clear(self) -> None:
        """Throw it away."""
        self._bytes, self._place = b"", 0

    def expect_head(self, last: bytes = b"") -> None:
        """Take what comes as a head, or as the trailers of a body; `last` is what was taken of it already."""
        self.is_in_chunks = False
        self._last = last
        self._left = 0  # bytes of the body, or of a chunk
        self._line = b""  # with the size of a chunk, as far as it was taken

    def expect_body(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Take what comes as the body of a head that the parser has accepted, names in small letters."""
        given = dict(headers)
        self.expect_head()
        self.is_in_chunks = b"transfer-encoding" in given
        if not self.is_in_chunks:
            self._left = int(given.get(b"content-length", 0))

    def piece(self) -> bytes:
        """Take what comes, at most up to the end of a head or of a request."""
        unread, place = self._bytes, self._place
        stop = min(place + PIECE_BYTES, len(unread))
        if self.is_in_chunks:
            end = self._end_of_chunks(place, stop)
        elif self._left:
            end = min(place + self._left, stop)
            self._left -= end - place
        else:
            end = self._end_of_head(place, stop)
        if end < len(unread):
            self._place = end
            return unread[place:end]
        self.clear()
        return unread[place:] if place else unread

    def _end_of_head(self, place: int, stop: int) -> int:
        """Find the empty line, of which the first bytes may have been taken before."""
        begun = self._last + self._bytes[place : min(place + 3, stop)]
        at = begun.find(HEAD_END)
        if at >= 0:
            end = place + at + len(HEAD_END) - len(self._last)
        else:
            at = self._bytes.find(HEAD_END, place, stop)
            end = stop if at < 0 else at + len(HEAD_END)
        self._last = (self._last + self._bytes[max(place, end - 3) : end])[-3:]
        return end

    def _end_of_chunks(self, place: int, stop: int) -> int:
        """Go from chunk to chunk, as far as the piece reaches; the trailers are a piece of their own."""
        while place < stop:
            if self._left:
                step = min(self._left, stop - place)
                self._left -= step
                place += step
                continue
            end = self._bytes.find(b"\n", place, stop)
            if end < 0:
                self._line += self._bytes[place:stop]
                return stop
            size = self._size(self._line + self._bytes[place:end])
            place, self._line = end + 1, b""
            if size is None:
                return stop  # the parser refuses it
            if size == 0:
                self.expect_head(LINE_END)
                return place
            self._left = size + len(LINE_END)
        return place

    def _size(self, line: bytes) -> int | None:
        try:
            return int(line.partition(b";")[0], 16)
        except ValueError:
            return None
