"""How many connections a process takes, and which one goes when another comes.

A place is kept by whoever the server works for. Those that keep the server waiting (for a request, for the
rest of one, or until they read) make room, longest first: so no number of silent sockets keeps anybody out.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog

MOST_CONNECTIONS = 2048
MOST_TOLD = 64
"""Connections beyond the bound that are told so; any more are cut off without a word."""

LARGE_HEADS = 16
"""Requests with a head of over 32 KiB, as of browsers with many cookies, that are read at the same time."""

WANTED_DESCRIPTORS = 8192
RESERVED_DESCRIPTORS = 384
"""For connections that wait to be accepted, for files and for the records."""

TELL_EVERY_S = 60.0
KEY = "crowd"

log = structlog.get_logger()


class Member(Protocol):
    """A connection."""

    def give_way(self) -> None:
        """Close at once."""


class Crowd:
    """The connections of one process.

    Args:
        most: how many there may be.
        clock: seconds that never go back.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._open: set[Member] = set()
        self._waiting: dict[Member, None] = {}
        self._told: set[Member] = set()
        self._large: set[Member] = set()
        self._counts = {"closed": 0, "refused": 0}
        self._logged_at = -TELL_EVERY_S

    def enter(self, member: Member) -> bool:
        """Take a connection in, closing another one if need be; False where it has to be refused."""
        if len(self._open) >= self._most:
            oldest = next(iter(self._waiting), None)
            self._count("refused" if oldest is None else "closed")
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.give_way()
        self._open.add(member)
        self._waiting[member] = None
        return True

    def tell(self, member: Member) -> bool:
        """Say whether one that is refused may stay to be told so."""
        if len(self._told) >= MOST_TOLD:
            return False
        self._told.add(member)
        return True

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        self._open.discard(member)
        self._waiting.pop(member, None)
        self._told.discard(member)
        self._large.discard(member)

    def waits(self, member: Member) -> None:
        """Note that a connection keeps the server waiting from now on."""
        if member in self._open:
            self._waiting.setdefault(member)

    def works(self, member: Member) -> None:
        """Note that the server works for a connection."""
        self._waiting.pop(member, None)

    def lend_room(self, member: Member) -> bool:
        """Say whether there is room for a large head of this connection; it is given back by `end_loan`."""
        if member not in self._large and len(self._large) >= LARGE_HEADS:
            return False
        self._large.add(member)
        return True

    def end_loan(self, member: Member) -> None:
        """Take the room of a large head back."""
        self._large.discard(member)

    def _count(self, what: str) -> None:
        self._counts[what] += 1
        now = self._clock()
        if now >= self._logged_at + TELL_EVERY_S:
            log.warning("all connections of this process are taken", most=self._most, **self._counts)
            self._counts = dict.fromkeys(self._counts, 0)
            self._logged_at = now


def crowd_of(state: dict[str, Any]) -> Crowd:
    """Return the crowd that the connections of one server share by the state of its app."""
    if KEY not in state:
        state[KEY] = Crowd(most_connections())
    crowd: Crowd = state[KEY]
    return crowd


def most_connections() -> int:
    """Return how many connections fit the descriptors of this process: each may watch a run of its own."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, min(MOST_CONNECTIONS, (descriptors - RESERVED_DESCRIPTORS) // 2))


def raise_descriptor_limit() -> None:
    """Have as many descriptors as the system lets this user have, up to what is wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, WANTED_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
