"""A question that is answered by a number."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.course.question import Line, Question


class NumberQuestion(Question):
    """The number that is right, and how far off an answer may be."""

    kind: Literal["number"]
    right: float
    tolerance: float = Field(default=0.0, ge=0)
    when_right: Line
    when_wrong: Line
