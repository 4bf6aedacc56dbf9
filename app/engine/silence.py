"""Notices that somebody who should send a sign of life now and then has gone silent. No torch."""

from __future__ import annotations

import asyncio
from typing import Protocol, Self

SILENT_S = 1.0
"""Twice as long as the engine takes between two signs of life."""

TARDY_S = 0.5
"""A timer this much too late says that this process itself stood still, and nothing of the other one."""


class Told(Protocol):
    """Called when silence begins, and when it ends."""

    def __call__(self, *, is_silent: bool) -> None:
        """Take notice."""


class Silence:
    """Listens while it is entered, on the running event loop.

    Args:
        told: called at each change.
        silent_s: how long nothing may be heard.
    """

    def __init__(self, told: Told, silent_s: float = SILENT_S) -> None:
        self._told = told
        self._silent_s = silent_s
        self._is_silent = False
        self._heard_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._heard_at = asyncio.get_running_loop().time()
        self._look_at(self._heard_at + self._silent_s)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.heard()

    def heard(self) -> None:
        """Take note of a sign of life."""
        self._heard_at = asyncio.get_running_loop().time()
        if self._is_silent:
            self._is_silent = False
            self._told(is_silent=False)

    def _look_at(self, moment: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(moment, self._look, moment)

    def _look(self, moment: float) -> None:
        now = asyncio.get_running_loop().time()
        if now > moment + TARDY_S:
            self._heard_at = now
        if now < self._heard_at + self._silent_s:
            self._look_at(self._heard_at + self._silent_s)
            return
        if not self._is_silent:
            self._is_silent = True
            self._told(is_silent=True)
        self._look_at(now + self._silent_s)
