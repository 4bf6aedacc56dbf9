"""What a client has sent and nobody has parsed yet, in pieces that end where a head does."""

from __future__ import annotations

from app.web.edge.bounds import PIECE_BYTES

HEAD_END = b"\r\n\r\n"


class Unread:
    """The bytes of one connection; `len` counts them."""

    def __init__(self) -> None:
        self._bytes = b""
        self._place = 0

    def __len__(self) -> int:
        return len(self._bytes) - self._place

    def add(self, data: bytes) -> None:
        """Put what came behind what is there."""
        self._bytes = self._bytes[self._place :] + data if len(self) else data
        self._place = 0

    def clear(self) -> None:
        """Throw it away."""
        self._bytes, self._place = b"", 0

    def piece(self) -> bytes:
        """Take what comes up to the next end of a head, since the parser would begin the next request too."""
        unread, place = self._bytes, self._place
        end = unread.find(HEAD_END, place, place + PIECE_BYTES)
        end = place + PIECE_BYTES if end < 0 else end + len(HEAD_END)
        if end < len(unread):
            self._place = end
            return unread[place:end]
        self.clear()
        return unread[place:] if place else unread
