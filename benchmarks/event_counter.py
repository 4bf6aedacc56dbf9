"""Counts the frames of an event stream as its bytes come, unread: counting must cost nothing."""

from __future__ import annotations

FRAME = b"event: frame\n"
DONE = b"event: done\n"
FAILED = b"event: failed\n"
LAST_CHUNK = b"0\r\n\r\n"
LONGEST = max(len(mark) for mark in (FRAME, DONE, FAILED))


class EventCounter:
    """Counts frames, and sees the end, in a stream that is cut anywhere."""

    def __init__(self) -> None:
        self.frames = 0
        self.is_done = False
        self.has_failed = False
        self.is_closed = False
        self._rest = b""

    def feed(self, content: bytes) -> int:
        """Take the next bytes and return how many frames they complete the beginnings of."""
        seen = self._rest + content
        # What was already counted lies wholly within the rest; a mark that only now is whole does not.
        new = seen.count(FRAME) - self._rest.count(FRAME)
        self.frames += new
        self.is_done = self.is_done or DONE in seen
        self.has_failed = self.has_failed or FAILED in seen
        self.is_closed = (self.is_done or self.has_failed) and seen.endswith(LAST_CHUNK)
        self._rest = seen[-LONGEST:]
        return new
