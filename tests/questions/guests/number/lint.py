"""Signs that a number can hardly be found, or stands in the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.questions.guests.number.schema import NumberQuestion


def problems(question: NumberQuestion) -> Iterator[str]:
    if f"{question.right:g}" in question.stem:
        yield "the stem says the right number"


def warnings(question: NumberQuestion) -> Iterator[str]:
    if question.tolerance == 0 and question.right != round(question.right):
        yield "a broken number has to be met exactly; allow a tolerance"


def warnings_together(questions: Sequence[NumberQuestion]) -> Iterator[str]:
    if len(questions) > 1 and len({question.right for question in questions}) == 1:
        yield f"all {len(questions)} numbers are the same"
