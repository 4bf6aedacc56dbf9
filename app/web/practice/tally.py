"""How the questions of a lesson stand for one learner: each in a word, and all of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.course.lesson import Lesson
from app.learners.sittings import Standing, State

QuestionState = State | Literal["untried"]

SPOKEN: Mapping[QuestionState, str] = {
    "untried": "not answered",
    "open": "not right yet",
    "seen": "seen the solution",
    "second": "right at the second try",
    "since": "right at once in a later round",
    "once": "right at once",
}
"""Every state in words."""

UNFINISHED = ("untried", "open")
"""The learner has not had the solution."""

WORTH_ANOTHER = ("open", "seen", "second")
"""Begun, and not right at once."""


def state_of(standing: Standing | None) -> QuestionState:
    """Name how a question stands."""
    return "untried" if standing is None else standing.state


@dataclass(frozen=True)
class Count:
    """How many questions stand alike, in words."""

    state: QuestionState
    words: str


@dataclass(frozen=True)
class Tally:
    """The questions of a lesson, counted by how they stand."""

    questions: int
    begun: int
    seen: int
    second: int
    since: int
    once: int

    @property
    def right_at_once(self) -> int:
        """Those right at the first try of their last sitting."""
        return self.once + self.since

    @property
    def right(self) -> int:
        """Those that were right before the solution was shown, in their last sitting."""
        return self.right_at_once + self.second

    @property
    def answered(self) -> int:
        """Those whose solution the learner has."""
        return self.right + self.seen

    @property
    def untried(self) -> int:
        """Those never begun."""
        return self.questions - self.answered - self.begun

    @property
    def counts(self) -> tuple[Count, ...]:
        """Every count that is not nought, with the state that it counts; those not answered come last."""
        at_once = f"{self.right_at_once} right at once"
        if self.since:
            at_once += f" ({self.since} of them in a later round)"
        counted: tuple[tuple[int, QuestionState, str], ...] = (
            (self.right_at_once, "once", at_once),
            (self.second, "second", f"{self.second} right at the second try"),
            (self.seen, "seen", f"{self.seen} solution{'' if self.seen == 1 else 's'} seen"),
            (self.begun, "open", f"{self.begun} not right yet"),
            (self.untried, "untried", f"{self.untried} not answered"),
        )
        return tuple(Count(state, words) for count, state, words in counted if count)

    @property
    def words(self) -> str:
        """The counts as one line, without those not answered."""
        return ", ".join(count.words for count in self.counts if count.state != "untried")


@dataclass(frozen=True)
class Predicted:
    """How many of a lesson's predictions a learner has made; they are never counted right or wrong."""

    made: int
    asked: int


def tally(lesson: Lesson, standings: Mapping[str, Standing]) -> Tally:
    """Count the questions of a lesson."""
    states = Counter(state_of(standings.get(question.id)) for question in lesson.questions)
    return Tally(
        questions=len(lesson.questions),
        begun=states["open"],
        seen=states["seen"],
        second=states["second"],
        since=states["since"],
        once=states["once"],
    )
