"""What a learner sees of a question for a number: what was entered."""

from __future__ import annotations

from collections.abc import Sequence

from tests.questions.guests.number.schema import NumberQuestion


def entered(question: NumberQuestion, learner_key: str, answer: Sequence[str]) -> str:
    return answer[0] if answer else ""


def offered(question: NumberQuestion, learner_key: str) -> dict[str, object]:
    return {"unit": "none"}
