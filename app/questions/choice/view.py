"""The options as one learner is shown them: in an order of the learner's own."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from app.questions.choice.schema import ChoiceQuestion, Option
from app.questions.kind import Turn

LETTERS = "ABCDE"


@dataclass(frozen=True)
class Letter:
    """An option as this learner sees it: under its letter, and when in this sitting it was chosen.

    `tried` is an earlier answer's, `chosen` the last one's.
    """

    letter: str
    option: Option
    chosen: bool
    tried: bool


def shuffled_options(question: ChoiceQuestion, learner_key: str, rounds: int = 0) -> tuple[Option, ...]:
    """Order the options for one learner, whatever the file's order and the key.

    The order is the same within a round, and another one from each round to the next: each begins with the
    option after the one that the round before began with.
    """
    first_order = _ranked(question, question.options, learner_key)
    if rounds == 0:
        return first_order
    first = first_order[rounds % len(first_order)]
    others = [option for option in first_order if option is not first]
    return first, *_ranked(question, others, f"{learner_key}/{rounds}")


def _ranked(question: ChoiceQuestion, options: Iterable[Option], key: str) -> tuple[Option, ...]:
    def rank(option: Option) -> bytes:
        return hmac.digest(key.encode(), f"{question.id}/{option.id}".encode(), hashlib.sha256)

    return tuple(sorted(options, key=rank))


def letters(question: ChoiceQuestion, turn: Turn) -> tuple[Letter, ...]:
    """List the options in a learner's order, under letters."""
    options = shuffled_options(question, turn.learner_key, turn.rounds)
    tried = {id_ for answer in turn.answers[:-1] for id_ in answer}
    return tuple(
        Letter(letter, option, option.id in turn.answer, option.id in tried)
        for letter, option in zip(LETTERS, options, strict=False)
    )


def offered(question: ChoiceQuestion, turn: Turn) -> dict[str, object]:
    """Give the options to a client: their ids and texts in a learner's order."""
    options = shuffled_options(question, turn.learner_key, turn.rounds)
    return {"options": [{"id": option.id, "text": option.text} for option in options]}
