"""Grading a number."""

from __future__ import annotations

import math

from app.errors import InvalidRequest
from app.learners.shown_text import ShownText
from app.questions.kind import Answer, Grade
from tests.questions.guests.number.schema import NumberQuestion


def grade(question: NumberQuestion, answer: Answer) -> Grade:
    if len(answer) != 1:
        raise InvalidRequest(f"{len(answer)} numbers were entered; enter one", "options")
    is_right = abs(_number(answer[0]) - question.right) <= question.tolerance
    feedback = question.when_right if is_right else question.when_wrong
    return Grade("right" if is_right else "wrong", feedback, feedback.html)


def shown_texts(question: NumberQuestion, answer: Answer) -> list[ShownText]:
    return [{"id": entered, "text": entered} for entered in answer]


def _number(entered: str) -> float:
    try:
        number = float(entered)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidRequest("what was entered is no number; enter one, such as 0.5", "options")
    return number
