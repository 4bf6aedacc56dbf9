"""A prediction beside what came out: graded by the measured value alone. Never a mark against the learner."""

from __future__ import annotations

from dataclasses import dataclass

from app.course.prediction import Choice, Kind
from app.predictions.measures import Value
from app.predictions.reading import ReadPrediction


@dataclass(frozen=True)
class Found:
    """What came out, whatever was predicted.

    Args:
        measured: the value in a sentence.
        choice: the range that it falls into, for a choice; None without a value.
    """

    measured: str
    choice: Choice | None = None


@dataclass(frozen=True)
class Outcome:
    """What came out.

    Args:
        value: as it was measured; None where there is no such thing, as a step that never comes.
        measured: it in a sentence.
        compared: what was predicted beside it, in a sentence.
        came_true: the choice was the right one, or the number or step was close; None without a value.
        choice: the range that the value falls into, for a choice.
    """

    value: Value
    measured: str
    compared: str
    came_true: bool | None
    choice: Choice | None = None


def found_of(read: ReadPrediction, value: Value) -> Found:
    """Say what came out."""
    measured = read.measure.words(value, read.spec)
    if value is None or read.prediction.kind is not Kind.CHOICE:
        return Found(measured)
    return Found(measured, next(choice for choice in read.prediction.choices if choice.holds(value)))


def outcome_of(read: ReadPrediction, given: str | int | float, value: Value) -> Outcome:
    """Put a prediction and a measured value beside each other.

    Args:
        read: what was predicted.
        given: as `app.predictions.reading.given_value` reads it.
        value: of its measure.
    """
    found = found_of(read, value)
    measured, right = found.measured, found.choice
    said = in_words(read, given)
    if value is None:
        return Outcome(value, measured, f"You said: {said}.", None)
    if right is not None:
        is_right = right.id == given
        compared = f"You said so: {said}" if is_right else f"You said: {said} It is: {right.plain}"
        return Outcome(value, measured, compared, is_right, right)
    off = round(float(given) - round(value, read.measure.decimals), 6)
    is_close = abs(off) <= read.within
    close = "close, " if is_close and off else ""
    return Outcome(value, measured, f"You said {said}: {close}{_apart(read, off)}.", is_close)


def in_words(read: ReadPrediction, given: str | int | float) -> str:
    """Say what was predicted."""
    if read.prediction.kind is Kind.CHOICE:
        return next(choice.plain for choice in read.prediction.choices if choice.id == given)
    if read.prediction.kind is Kind.NUMBER:
        return f"{given:.15g}" if isinstance(given, float) else str(given)
    return f"step {given}"


def _apart(read: ReadPrediction, off: float) -> str:
    if read.prediction.kind is Kind.NUMBER:
        return "exactly that" if off == 0 else f"{abs(off):.3g} too {'high' if off > 0 else 'low'}"
    if off == 0:
        return "the very same step"
    steps = "step" if abs(off) == 1 else "steps"
    return f"{abs(off):.0f} {steps} {'later' if off > 0 else 'earlier'}"
