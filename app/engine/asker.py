"""For whom a web process asks an engine for something. No torch."""

from __future__ import annotations

from dataclasses import dataclass


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
