"""Whether the device thread is alive, as it says itself, and whether that is taken for a hang. No torch, no clock
but the one that is handed in.

A call that is slow is no hang: each one says beforehand how long it is expected to take, from the rate that was
measured when its model was loaded, and has many times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LATE_S = 0.4
LATE_TIMES = 3.0
"""After that and so many times what was expected, viewers hear that the model does not answer."""

STUCK_S = 5.0
STUCK_TIMES = 20.0
"""After so long, or so many times what was expected, whichever is more, a call is taken to be stuck."""

SILENT_S = 3.0
"""A process that has answered before may keep silent for so long."""

STARTING_S = 300.0
"""A process that has never answered loads and measures its models, which may take minutes."""


class Pulse:
    """Written by the device thread at the start of all that it does, read by others without a lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._beats = 0
        self._now = (clock(), 0.0)  # one assignment: whoever reads sees both of one beat

    def beat(self, expected_s: float = 0.0) -> None:
        """Say that something new begins, and for how many seconds it is expected to last."""
        self._beats += 1
        self._now = (self._clock(), expected_s)

    @property
    def late_s(self) -> float:
        """For how many seconds the thread has been at the same thing, once that is more than expected; else 0."""
        since, expected_s = self._now
        age_s = self._clock() - since
        return age_s if age_s > LATE_S + LATE_TIMES * expected_s else 0.0

    def report(self) -> dict[str, Any]:
        """Return `beats`, which grow while the thread is alive, and `limit_s`, how long the present one may last."""
        _, expected_s = self._now
        return {"beats": self._beats, "limit_s": max(STUCK_S, STUCK_TIMES * expected_s)}


@dataclass(frozen=True)
class Answer:
    """What a pulse reported."""

    beats: int
    limit_s: float


class Vigil:
    """Judges from what one process answers, and from when it does not, whether it hangs.

    It adds up the seconds between two looks, each at most `longest_s`. So a machine that was suspended, or a
    watcher that was stopped itself, counts as one look, and the process has the next one to answer.

    Args:
        longest_s: what one look may add.
        silent_s: how long a process that has answered before may give no answer.
        starting_s: the same before its first answer.
    """

    def __init__(
        self, longest_s: float, silent_s: float = SILENT_S, starting_s: float = STARTING_S
    ) -> None:
        self._longest_s = longest_s
        self._silent_limit_s = silent_s
        self._starting_s = starting_s
        self._last: Answer | None = None
        self._silent_s = 0.0
        self._same_s = 0.0

    def look(self, answer: Answer | None, elapsed_s: float) -> str | None:
        """Take one look's answer, None for none, and return why the process hangs, or None while it does not.

        Args:
            answer: what came.
            elapsed_s: since the look before.
        """
        elapsed_s = min(elapsed_s, self._longest_s)
        if answer is None:
            self._silent_s += elapsed_s
            limit_s = self._starting_s if self._last is None else self._silent_limit_s
            return f"no answer for {self._silent_s:.1f} s" if self._silent_s >= limit_s else None
        self._silent_s = 0.0
        is_same = self._last is not None and answer.beats == self._last.beats
        self._same_s = self._same_s + elapsed_s if is_same else 0.0
        self._last = answer
        if self._same_s < answer.limit_s:
            return None
        return f"the device thread has been in one call for {self._same_s:.1f} s"
