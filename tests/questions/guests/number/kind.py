"""The made-up kind `number`: everything of it stands in this folder."""

from __future__ import annotations

from app.questions.kind import Kind
from tests.questions.guests.number import grading, lint, view
from tests.questions.guests.number.schema import NumberQuestion

NUMBER = Kind(
    name="number",
    schema=NumberQuestion,
    grade=grading.grade,
    shown_texts=grading.shown_texts,
    offered=view.offered,
    view=view.entered,
    problems=lint.problems,
    warnings=lint.warnings,
    warnings_together=lint.warnings_together,
    nothing_given="Enter a number first.",
    room="guests",
)
