"""Grading chosen options. Pure: records nothing."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import InvalidRequest
from app.learners.shown_text import ShownText
from app.questions.choice.schema import ChoiceQuestion, Option
from app.questions.kind import TRIES, Answer, Grade


def grade(question: ChoiceQuestion, answer: Answer) -> Grade:
    """Judge the chosen options; a question of several is right only when all and only the right are chosen.

    Args:
        question: the one that was asked.
        answer: the opaque ids of the chosen options, in any order.

    Returns:
        The verdict, and the feedback of each chosen option (in the file's order). For a question of several,
        a wrong answer's hint says how many are found: the feedback would say which.

    Raises:
        InvalidRequest: no option, one twice, one that is not the question's, or several for a single.
    """
    _check(question, answer)
    chosen = [option for option in question.options if option.id in answer]
    is_right = all(option.right == (option.id in answer) for option in question.options)
    return Grade(
        verdict="right" if is_right else "wrong",
        feedback="\n\n".join(option.feedback for option in chosen),
        feedback_html=_feedback_html(chosen),
        hint=_found(question, chosen) if question.kind == "several" and not is_right else None,
    )


def tries(question: ChoiceQuestion) -> int:
    """Give a question of two options one try: after a wrong one, the other is known."""
    return 1 if len(question.options) == 2 else TRIES


def shown_texts(question: ChoiceQuestion, answer: Answer) -> list[ShownText]:
    """Keep the chosen options with their texts: an id is a hash, and a reworded option has another."""
    return [{"id": option.id, "text": option.text} for option in question.options if option.id in answer]


def _feedback_html(chosen: Sequence[Option]) -> str:
    if len(chosen) == 1:
        return chosen[0].feedback_html
    return "".join(f"<div>{option.feedback_html}</div>" for option in chosen)


def _found(question: ChoiceQuestion, chosen: Sequence[Option]) -> str:
    """Say how many of the right options are chosen, and how many others, without naming one."""
    right, found = (sum(option.right for option in options) for options in (question.options, chosen))
    text = f"{_number(found).capitalize()} of {_number(right)} found."
    others = len(chosen) - found
    if others:
        text += (
            f" {_number(others).capitalize()} of those you chose {'is' if others == 1 else 'are'} not right."
        )
    return text


def _number(count: int) -> str:
    return ("none", "one", "two", "three", "four", "five")[count]


def _check(question: ChoiceQuestion, answer: Answer) -> None:
    if not answer:
        raise InvalidRequest("no option was chosen; choose one", "options")
    if len(set(answer)) < len(answer):
        raise InvalidRequest("the same option was chosen twice; name each once", "options")
    if not set(answer) <= {option.id for option in question.options}:
        raise InvalidRequest(
            "an option that this question does not have was chosen; load the question again", "options"
        )
    if question.kind == "single" and len(answer) > 1:
        raise InvalidRequest(f"{len(answer)} options were chosen; this question takes one", "options")
