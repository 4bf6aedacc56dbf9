"""The arithmetic of a call in lines of text, as the page without a script shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from app.diffusion.samplers.row import Row

TERMS = tuple(term.name for term in fields(Row))


@dataclass(frozen=True)
class Line:
    """The sum of one channel: its terms as (factor, name, value, product), and what they come to."""

    channel: str
    terms: tuple[tuple[str, str, str, str], ...]
    x_next: str
    logged: str
    rounding: str
    agrees: bool


def lines_of(call: Mapping[str, Any], channels: Sequence[str]) -> tuple[Line, ...]:
    """Write a call of `app.engine.step_numbers` out, a line a channel, without terms whose factor is 0."""
    row = call["row"]
    lines = []
    for index, channel in enumerate(channels):
        terms = tuple(
            (number(row[name]), name, number(call[name][index]), number(row[name] * call[name][index]))
            for name in TERMS
            if row[name]
        )
        x_next, logged, rounding = (call[name][index] for name in ("x_next", "logged", "rounding"))
        agrees = abs(x_next - logged) <= rounding
        lines.append(Line(channel, terms, number(x_next), number(logged), f"{rounding:.5f}", agrees))
    return tuple(lines)


def number(value: float) -> str:
    """Write a number with four decimals and a true minus."""
    text = f"{value:.4f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text.replace("-", "")
