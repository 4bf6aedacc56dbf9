"""The kind `choice`: options of which one or several are right."""

from __future__ import annotations

from app.questions.choice import grading, lint, view
from app.questions.choice.schema import ChoiceQuestion, together
from app.questions.kind import Kind

CHOICE = Kind(
    name="choice",
    schema=ChoiceQuestion,
    grade=grading.grade,
    shown_texts=grading.shown_texts,
    offered=view.offered,
    view=view.letters,
    problems=lint.problems,
    warnings=lint.warnings,
    warnings_together=lint.warnings_together,
    tries=grading.tries,
    together=together,
    nothing_given="Choose an option first.",
)
