"""The options as one learner is shown them: always in the same order, which tells nothing of the file's."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from app.questions.choice.schema import ChoiceQuestion, Option
from app.questions.kind import Answer

LETTERS = "ABCDE"


@dataclass(frozen=True)
class Letter:
    """An option as this learner sees it: under its letter, and whether it was chosen."""

    letter: str
    option: Option
    chosen: bool


def shuffled_options(question: ChoiceQuestion, learner_key: str) -> tuple[Option, ...]:
    """Order the options for one learner: always the same for the same key, whatever the file's order."""
    secret = learner_key.encode()

    def rank(option: Option) -> bytes:
        return hmac.digest(secret, f"{question.id}/{option.id}".encode(), hashlib.sha256)

    return tuple(sorted(question.options, key=rank))


def letters(question: ChoiceQuestion, learner_key: str, answer: Answer) -> tuple[Letter, ...]:
    """List the options in a learner's order, under letters."""
    options = shuffled_options(question, learner_key)
    return tuple(
        Letter(letter, option, option.id in answer) for letter, option in zip(LETTERS, options, strict=False)
    )


def offered(question: ChoiceQuestion, learner_key: str) -> dict[str, object]:
    """Give the options to a client: their ids and texts in a learner's order."""
    options = shuffled_options(question, learner_key)
    return {"options": [{"id": option.id, "text": option.text} for option in options]}
