"""One question as one learner sees it, ready for a page: any page, and several to a page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.course.lesson import Lesson
from app.course.question import Question
from app.course.tongue import Tongue
from app.errors import InvalidRequest
from app.learners.sittings import Given, Sitting, Standing
from app.questions.kind import Answer, Grade, Kind, Kinds, Turn
from app.web.practice.addresses import Addresses

Result = Literal["first", "second", "missed", "given up"]


@dataclass(frozen=True)
class Asked:
    """`practice/asked.html`: a question to be answered, or (`result` is given) with its solution.

    Attributes:
        view: what the kind's own template is given.
        label: names the question to those who hear the page.
        page: where its forms and links lead as pages.
        part: where htmx sends them, to exchange the question alone.
        is_alone: the page around it has no way on, so that it offers its own.
        attempt: a fresh token that makes sending the same form twice harmless.
        tries_left: before the solution is shown.
        grade: of the last answer in this sitting: with the solution, or while a try is left.
        result: how the sitting ended whose solution is shown; None while it is to be answered.
        former_texts: what was answered, where the question can no longer be answered so.
        problem: why the form was not taken, shown above the fields.
        is_new: the learner did this just now, and the verdict is told.
        tongue: the language of the question's own words.
    """

    question: Question
    kind: Kind[Any]
    view: object
    label: str
    page: Addresses
    part: Addresses
    is_alone: bool
    attempt: str
    tries_left: int
    grade: Grade | None
    result: Result | None
    former_texts: tuple[str, ...]
    problem: str | None
    is_new: bool
    tongue: Tongue

    @property
    def element(self) -> str:
        """The id of its element; ids within it are made of the question's id too."""
        return f"question-{self.question.id}"


@dataclass(frozen=True)
class Occasion:
    """What a question is shown for.

    Attributes:
        again: to be asked anew, of a learner who had its solution so many times; else that is shown again.
        problem: why the form was not taken.
        is_new: the learner answered, or gave up, just now.
        attempt: the token of its form; any new one where the learner has a cookie.
    """

    again: int | None = None
    problem: str | None = None
    is_new: bool = False
    attempt: str = ""


READING = Occasion()
"""Nothing in particular: a page is opened."""


def asked(
    lesson: Lesson,
    question: Question,
    kinds: Kinds,
    learner_key: str,
    *,
    page: Addresses,
    part: Addresses | None = None,
    standing: Standing | None = None,
    occasion: Occasion = READING,
) -> Asked:
    """Make a question ready to be shown.

    Args:
        lesson: of the question.
        question: the question.
        kinds: every kind of question.
        learner_key: whose order the options are in.
        page: where its forms and links lead as pages.
        part: where htmx sends them, if the question stands by itself on a page of something else.
        standing: what the learner has done with it.
        occasion: what it is shown for.
    """
    kind = kinds[question.kind]
    rounds = rounds_of(standing)
    shown = standing.ended[-1] if standing and standing.has_solution and occasion.again != rounds else None
    sitting = shown or (standing.current if standing else None)
    given = sitting.answers if sitting else ()
    grade = _grade(question, kind, given[-1]) if given else None
    if grade and shown is None:
        grade = grade.before_solution()
    turn = Turn(learner_key, rounds - 1 if shown else rounds, _answers(given))
    return Asked(
        question=question,
        kind=kind,
        view=kind.view(question, turn),
        label=f"Question {lesson.questions.index(question) + 1}",
        page=page,
        part=part or page,
        is_alone=part is not None,
        attempt=occasion.attempt or secrets.token_urlsafe(18),
        tries_left=0 if shown else max(1, kind.tries(question) - len(given)),
        grade=grade,
        result=_result(shown, kind.tries(question)) if shown else None,
        former_texts=_former_texts(given[-1]) if given and grade is None else (),
        problem=occasion.problem,
        is_new=occasion.is_new,
        tongue=lesson.tongue,
    )


def rounds_of(standing: Standing | None) -> int:
    """Count how often a learner had the solution."""
    return len(standing.ended) if standing else 0


def _answers(given: tuple[Given, ...]) -> tuple[Answer, ...]:
    return tuple(answer.options for answer in given)


def _grade(question: Question, kind: Kind[Any], given: Given) -> Grade | None:
    """Grade an answer again for its feedback; the verdict that was given stands."""
    try:
        return replace(kind.grade(question, given.options), verdict=given.verdict)
    except InvalidRequest:  # the question was edited since, and has no such answer any more
        return None


def _former_texts(given: Given) -> tuple[str, ...]:
    return tuple(text["text"] for text in given.texts or ())


def _result(sitting: Sitting, tries: int) -> Result:
    if sitting.ending == "right":
        return "first" if sitting.is_right_at_once else "second"
    return "missed" if len(sitting.answers) >= tries else "given up"
