"""What the connections of one process share: how many there may be, and which go when another comes.

A place is kept by whoever the server works for. Those that keep the server waiting (for a request, for the
rest of one, or until they read) make room, longest first: so no number of silent sockets keeps anybody out.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import structlog

MOST_CONNECTIONS = 2048
MOST_TOLD = 64
"""Connections beyond the bound that are told so; any more are cut off without a word."""

SHARE_CLOSED = 32
"""One in so many of those that keep the server waiting goes at a time: looking for them takes a while."""

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

    waits_since: float | None
    """Since when it keeps the server waiting; None while the server works for it."""

    def give_way(self) -> None:
        """Close at once."""


class Crowd:
    """What the connections of one process share when there are too many, or some ask for much.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: set[object] = set()
        self._large: set[object] = set()
        self._counts = {"closed": 0, "refused": 0}
        self._logged_at = -TELL_EVERY_S

    def make_room(self, members: Iterable[Member]) -> bool:
        """Close those of a full process that have kept it waiting longest; False where it works for all."""
        waiting = [(member.waits_since, member) for member in members if member.waits_since is not None]
        waiting.sort(key=lambda pair: pair[0])
        longest = waiting[: max(1, len(waiting) // SHARE_CLOSED)]
        for _, member in longest:
            member.give_way()
        self._count(len(longest), 0 if longest else 1)
        return bool(longest)

    def tell(self, member: object) -> bool:
        """Say whether one that is refused may stay to be told so."""
        if len(self._told) >= MOST_TOLD:
            return False
        self._told.add(member)
        return True

    def lend_room(self, member: object) -> bool:
        """Say whether there is room for a large head of this connection."""
        if member not in self._large and len(self._large) >= LARGE_HEADS:
            return False
        self._large.add(member)
        return True

    def end_loan(self, member: object) -> None:
        """Take the room of a large head back."""
        self._large.discard(member)

    def leave(self, member: object) -> None:
        """Forget a connection."""
        self._told.discard(member)
        self._large.discard(member)

    def _count(self, closed: int, refused: int) -> None:
        self._counts["closed"] += closed
        self._counts["refused"] += refused
        now = self._clock()
        if now >= self._logged_at + TELL_EVERY_S:
            log.warning("all connections of this process are taken", **self._counts)
            self._counts = dict.fromkeys(self._counts, 0)
            self._logged_at = now


def crowd_of(state: dict[str, Any]) -> Crowd:
    """Return what the connections of one server share, by the state of its app."""
    crowd: Crowd = state.setdefault(KEY, Crowd())
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
