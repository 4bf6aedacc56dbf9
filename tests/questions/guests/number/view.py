"""What a learner sees of a question for a number: what was entered."""

from __future__ import annotations

from tests.questions.guests.number.schema import NumberQuestion


def entered(question: NumberQuestion, learner_key: str, answer: tuple[str, ...]) -> str:
    return answer[0] if answer else ""


def offered(question: NumberQuestion, learner_key: str) -> dict[str, object]:
    return {"unit": "none"}
