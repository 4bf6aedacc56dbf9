"""Grading an answer, and the order in which a learner sees the options. Pure: records nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.course.quiz import Option, Question, right_ids
from app.errors import InvalidRequest


@dataclass(frozen=True)
class Grade:
    """Verdict and worked solution, in the order in which they are revealed; `*_html` for pages."""

    verdict: Literal["right", "wrong"]
    feedback: str
    steps: tuple[str, ...]
    final_answer: str
    quick_check: str
    mistakes: tuple[str, ...]
    feedback_html: str
    steps_html: tuple[str, ...]
    final_answer_html: str
    quick_check_html: str
    mistakes_html: tuple[str, ...]


def grade(question: Question, option_ids: Sequence[str]) -> Grade:
    """Judge the chosen options; a question of several is right only when all and only the right are chosen.

    Args:
        question: the one that was asked.
        option_ids: the opaque ids of the chosen options, in any order.

    Returns:
        The verdict, the feedback of each chosen option (in the file's order) and the solution.

    Raises:
        InvalidRequest: no option, one twice, one that is not the question's, or several for a single.
    """
    _check(question, option_ids)
    chosen = [option for option in question.options if option.id in option_ids]
    is_right = frozenset(option_ids) == right_ids(question.options)
    return Grade(
        verdict="right" if is_right else "wrong",
        feedback="\n\n".join(option.feedback for option in chosen),
        steps=tuple(question.steps),
        final_answer=question.final_answer,
        quick_check=question.quick_check,
        mistakes=tuple(question.mistakes),
        feedback_html=_feedback_html(chosen),
        steps_html=question.steps_html,
        final_answer_html=question.final_answer_html,
        quick_check_html=question.quick_check_html,
        mistakes_html=question.mistakes_html,
    )


def shuffled_options(question: Question, key: bytes | str) -> tuple[Option, ...]:
    """Order the options for one learner: always the same for the same key, whatever the file's order."""
    secret = key.encode() if isinstance(key, str) else key

    def rank(option: Option) -> bytes:
        return hmac.digest(secret, f"{question.id}/{option.id}".encode(), hashlib.sha256)

    return tuple(sorted(question.options, key=rank))


def _feedback_html(chosen: Sequence[Option]) -> str:
    if len(chosen) == 1:
        return chosen[0].feedback_html
    return "".join(f"<div>{option.feedback_html}</div>" for option in chosen)


def _check(question: Question, option_ids: Sequence[str]) -> None:
    if not option_ids:
        raise InvalidRequest("no option was chosen; choose one", "options")
    if len(set(option_ids)) < len(option_ids):
        raise InvalidRequest("the same option was chosen twice; name each once", "options")
    if not set(option_ids) <= {option.id for option in question.options}:
        raise InvalidRequest(
            "an option that this question does not have was chosen; load the question again", "options"
        )
    if question.kind == "single" and len(option_ids) > 1:
        raise InvalidRequest(f"{len(option_ids)} options were chosen; this question takes one", "options")
