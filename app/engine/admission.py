"""Whose account a run goes to, and how many runs a minute that account may start; counted in the engine.

Every run passes the engine, so the limits hold for any number of web processes. A learner whom the engine
has not seen lately is a newcomer, whichever way the cookie or ticket came about, and an address brings so
many newcomers a minute: more than a class, too few for whoever would be many learners at once. Beyond that
a newcomer's run goes to the account that all clients without a cookie share.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import TryLater
from app.rates import Rate

CHANGES_PER_RUN = 5
"""A slider that is dragged asks for several runs a second; each replaces the one before."""

NETWORK_BITS = 64
"""Of an IPv6 address: the rest is chosen by the client itself, who would be many addresses at once."""

KNOWN_S = 3600.0
MOST_KNOWN = 100_000
"""Learners who are remembered; of more, those who have asked for nothing the longest are newcomers again."""


@dataclass(frozen=True)
class Asker:
    """For whom a web process asks.

    Attributes:
        learner: a learner's key; empty for a client without a cookie.
        address: the network address that the request came from.
        is_counted: another engine has counted what is asked for, and these are its account's.
    """

    learner: str = ""
    address: str = ""
    is_counted: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What the engine is told."""
        counted = {"x-counted": "1"} if self.is_counted else {}
        return {"x-learner": self.learner, "x-address": self.address, **counted}


@dataclass(frozen=True)
class RunLimits:
    """How many a minute.

    Attributes:
        runs: that one learner may start.
        anonymous_runs: that all clients without a cookie may start together.
        newcomers: learners not seen before that one address may bring.
    """

    runs: int = 60
    anonymous_runs: int = 600
    newcomers: int = 240


@dataclass(frozen=True)
class Account:
    """What network rows are charged to: a learner at an address, or the anonymous, who are one together."""

    learner: str
    address: str = ""


ANONYMOUS = Account("anonymous", "anonymous")


class Admission:
    """Counts the runs and the newcomers of the minute.

    Args:
        limits: how many there may be.
        clock: seconds that never go back.
    """

    def __init__(self, limits: RunLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        limits = limits or RunLimits()
        self._runs = Rate("runs", limits.runs, limits.anonymous_runs)
        self._changes = Rate(
            "changes", CHANGES_PER_RUN * limits.runs, CHANGES_PER_RUN * limits.anonymous_runs
        )
        self._newcomers = Rate("newcomers", limits.newcomers, limits.newcomers)
        self._clock = clock
        self._seen_at: OrderedDict[str, float] = OrderedDict()

    def take(self, learner: str, address: str, *, is_change: bool = False, is_run: bool = True) -> Account:
        """Count what is asked for, and return the account that it goes to.

        Args:
            learner: who asks; empty for a client without a cookie.
            address: from where.
            is_change: it replaces another run after a change of its settings.
            is_run: it counts among the runs, which a change of a run that is known does not.

        Raises:
            TooMany, PoolSpent: there were too many within the minute.
        """
        address = network_of(address)
        account = Account(learner, address) if learner and self._is_known(learner, address) else ANONYMOUS
        key = None if account is ANONYMOUS else learner
        if is_change:
            self._changes.take(key)
        if is_run:
            self._runs.take(key)
        return account

    def _is_known(self, learner: str, address: str) -> bool:
        """Say whether a learner has an account, opening one for a newcomer as far as the budget goes."""
        now = self._clock()
        while self._seen_at and (
            len(self._seen_at) > MOST_KNOWN or next(iter(self._seen_at.values())) < now - KNOWN_S
        ):
            self._seen_at.popitem(last=False)
        if learner not in self._seen_at:
            try:
                self._newcomers.take(address)
            except TryLater:
                return False
        self._seen_at[learner] = now
        self._seen_at.move_to_end(learner)
        return True


def network_of(host: str) -> str:
    """Return what counts as one address: an IPv4 address, an IPv6 network, or what is neither as it is."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
