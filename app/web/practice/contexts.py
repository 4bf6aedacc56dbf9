"""What the templates of the practice are given: one question, the row of all, and the summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.course.lesson import Lesson
from app.course.question import Question
from app.web.practice.asked import Asked
from app.web.practice.tally import SPOKEN, Predicted, QuestionState, Tally

Memory = Literal["kept", "refused", "none"]
"""Whether a browser keeps the learner's cookie: it does; it was just seen not to; it was told so before."""


@dataclass(frozen=True)
class Dot:
    """A question's mark in the row of all."""

    number: int
    question_id: str
    state: QuestionState
    current: bool

    @property
    def spoken(self) -> str:
        """The state in words."""
        return SPOKEN[self.state]


@dataclass(frozen=True)
class PracticeContext:
    """`practice/question.html`: a page with one question of a lesson, and the way to the others.

    Attributes:
        tally: of the whole lesson.
        missed_only: the learner goes through what was not right at once; links keep to it.
        next_address: where "next" leads: another question or the summary.
        memory: whether this browser keeps the learner's cookie.
    """

    template: ClassVar[str] = "practice/question.html"
    lesson: Lesson
    number: int
    asked: Asked
    dots: tuple[Dot, ...]
    tally: Tally
    next_address: str
    next_is_summary: bool
    missed_only: bool
    memory: Memory = "kept"


@dataclass(frozen=True)
class AnsweredContext(PracticeContext):
    """`practice/answered.html`: the same for htmx, which exchanges the question and its surroundings."""

    template: ClassVar[str] = "practice/answered.html"


@dataclass(frozen=True)
class SummaryRow:
    """One question in the summary."""

    number: int
    question: Question
    state: QuestionState
    address: str

    @property
    def spoken(self) -> str:
        """The state in words."""
        return SPOKEN[self.state]


@dataclass(frozen=True)
class SummaryContext:
    """`practice/summary.html`: all questions of a lesson, and what to do about them."""

    template: ClassVar[str] = "practice/summary.html"
    lesson: Lesson
    rows: tuple[SummaryRow, ...]
    tally: Tally
    predicted: Predicted
    memory: Memory
    missed_address: str | None
    untried_address: str | None


@dataclass(frozen=True)
class FragmentContext:
    """`practice/asked.html` by itself, for htmx on any page."""

    template: ClassVar[str] = "practice/asked.html"
    asked: Asked
