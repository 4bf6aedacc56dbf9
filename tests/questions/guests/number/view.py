"""What a learner sees of a question for a number: what was entered."""

from __future__ import annotations

from app.questions.kind import Turn
from tests.questions.guests.number.schema import NumberQuestion


def entered(question: NumberQuestion, turn: Turn) -> str:
    return turn.answer[0] if turn.answer else ""


def offered(question: NumberQuestion, turn: Turn) -> dict[str, object]:
    return {"unit": "none"}
