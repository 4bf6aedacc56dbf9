"""Whether a process hangs, judged from what it answers and from when it does not. No torch, and no clock."""

from __future__ import annotations

from dataclasses import dataclass

SILENT_S = 3.0
"""A process that listens may keep silent for so long."""

STARTING_S = 300.0
"""A process that does not listen yet loads and measures its models, which may take minutes."""


@dataclass(frozen=True)
class Answer:
    """What the pulse of a device thread reported; see `app.engine.device_loop.Pulse`."""

    beats: int
    limit_s: float


class Vigil:
    """Judges from what one process answers, and from when it does not, whether it hangs.

    It adds up the seconds between two looks, each at most `longest_s`. So a machine that was suspended, or a
    watcher that was stopped itself, counts as one look, and the process has the next one to answer.

    Args:
        longest_s: what one look may add.
        silent_s: how long a process that has listened before may give no answer.
        starting_s: the same before that.
    """

    def __init__(self, longest_s: float, silent_s: float = SILENT_S, starting_s: float = STARTING_S) -> None:
        self._longest_s = longest_s
        self._silent_limit_s = silent_s
        self._starting_s = starting_s
        self._last: Answer | None = None
        self._has_listened = False
        self._silent_s = 0.0
        self._same_s = 0.0

    def look(self, answer: Answer | None, elapsed_s: float, *, listens: bool = True) -> str | None:
        """Take one look's answer, None for none, and return why the process hangs, or None while it does not.

        Args:
            answer: what came.
            elapsed_s: since the look before.
            listens: whether it took the connection.
        """
        elapsed_s = min(elapsed_s, self._longest_s)
        self._has_listened |= listens
        if answer is None:
            self._silent_s += elapsed_s
            limit_s = self._silent_limit_s if self._has_listened else self._starting_s
            return f"no answer for {self._silent_s:.1f} s" if self._silent_s >= limit_s else None
        self._silent_s = 0.0
        is_same = self._last is not None and answer.beats == self._last.beats
        self._same_s = self._same_s + elapsed_s if is_same else 0.0
        self._last = answer
        if self._same_s < answer.limit_s:
            return None
        return f"the device thread has been in one call for {self._same_s:.1f} s"
