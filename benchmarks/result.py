"""One measured target: what it is, what it should be, what it was, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Result:
    """One measured target.

    Args:
        code: its number in the list of targets, such as "S1".
        what: what was measured, in a few words.
        measured: the figure; its unit is part of `unit`.
        sense: whether it should be at least or at most `target`.
        target: the limit.
        unit: "" for a ratio, else what follows the figure, such as " s".
        how: how it was found, with what the ratio was made of on this machine.
    """

    code: str
    what: str
    measured: float
    sense: Literal["≥", "≤"]
    target: float
    unit: str
    how: str

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.measured >= self.target if self.sense == "≥" else self.measured <= self.target

    @property
    def order(self) -> int:
        """Where it stands in the list."""
        return int(self.code[1:])

    @property
    def measured_text(self) -> str:
        """The figure with its unit."""
        text = _short(self.measured)
        # Rounded onto the limit a miss would look as if it were none.
        if not self.met and float(text) == self.target:
            text = f"{self.measured:.4f}"
        return f"{text}{self.unit}"

    @property
    def target_text(self) -> str:
        """The limit with its unit."""
        return f"{self.sense} {self.target:g}{self.unit}"


def _short(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
