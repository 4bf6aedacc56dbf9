"""One question as one learner sees it, ready for a page: any page, and several to a page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from app.course.question import Question
from app.questions.kind import Answer, Grade, Kind, Kinds


@dataclass(frozen=True)
class Asked:
    """`practice/asked.html`: a question before (`grade` is None) or after an answer.

    Attributes:
        view: what the kind's own template is given.
        label: names the question to those who hear the page.
        address: where the answer is sent.
        attempt: a fresh token that makes sending the same form twice harmless.
        problem: why the form was not taken, shown above the fields.
    """

    question: Question
    kind: Kind[Any]
    view: object
    label: str
    address: str
    attempt: str
    grade: Grade | None
    problem: str | None

    @property
    def element(self) -> str:
        """The id of its element; ids within it are made of the question's id too."""
        return f"question-{self.question.id}"


def asked(
    question: Question,
    kinds: Kinds,
    learner_key: str,
    *,
    label: str,
    address: str,
    answer: Answer = (),
    grade: Grade | None = None,
    problem: str | None = None,
) -> Asked:
    """Make a question ready to be shown.

    Args:
        question: the question.
        kinds: every kind of question.
        learner_key: whose order the options are in.
        label: names the question to those who hear the page.
        address: where the answer is sent.
        answer: what was answered, after an answer.
        grade: the verdict, after an answer.
        problem: why the form was not taken.
    """
    kind = kinds[question.kind]
    return Asked(
        question=question,
        kind=kind,
        view=kind.view(question, learner_key, answer),
        label=label,
        address=address,
        attempt=secrets.token_urlsafe(18),
        grade=grade,
        problem=problem,
    )
