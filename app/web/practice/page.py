"""The practice page of one question: what its template is given, and where "next" leads."""

from __future__ import annotations

from collections.abc import Mapping

from app.course.lesson import Lesson
from app.course.question import Question
from app.learners.sessions import Session
from app.learners.sittings import Standing
from app.questions.kind import Kinds
from app.web.practice.addresses import Addresses, on_practice_page, practice_address, without_memory
from app.web.practice.asked import READING, Occasion, asked, rounds_of
from app.web.practice.contexts import Dot, Memory, PracticeContext
from app.web.practice.tally import UNFINISHED, WORTH_ANOTHER, state_of, tally


class PracticePage:
    """One question of a lesson as one learner sees it.

    Args:
        lesson: the lesson.
        question: the question.
        kinds: every kind of question.
        standings: what the learner has done with the lesson's questions so far.
        learner: whose order the options are in.
        missed_only: the learner goes through what was not right at once.
        memory: whether the browser keeps the learner's cookie.
    """

    def __init__(
        self,
        lesson: Lesson,
        question: Question,
        kinds: Kinds,
        standings: Mapping[str, Standing],
        learner: Session,
        *,
        missed_only: bool,
        memory: Memory = "kept",
    ) -> None:
        self._lesson = lesson
        self._question = question
        self._kinds = kinds
        self._standings = standings
        self._learner = learner
        self._missed_only = missed_only
        self._memory = memory

    def context(self, occasion: Occasion = READING) -> PracticeContext:
        """Return what the template needs."""
        question, lesson = self._question, self._lesson
        standing = self._standings.get(question.id)
        number = lesson.questions.index(question) + 1
        following = self._following()
        return PracticeContext(
            lesson=lesson,
            number=number,
            asked=asked(
                lesson,
                question,
                self._kinds,
                self._learner.learner_key,
                page=self._addresses(standing),
                standing=standing,
                occasion=occasion,
            ),
            dots=dots(lesson, self._standings, question),
            tally=tally(lesson, self._standings),
            next_address=self._marked(
                self._address(following) if following else f"/lessons/{lesson.slug}/practice/summary"
            ),
            next_is_summary=following is None,
            missed_only=self._missed_only,
            memory=self._memory,
        )

    def _addresses(self, standing: Standing | None) -> Addresses:
        here = on_practice_page(
            self._lesson, self._question, missed_only=self._missed_only, rounds=rounds_of(standing)
        )
        return Addresses(*map(self._marked, (here.answer, here.solution, here.again)))

    def _marked(self, address: str) -> str:
        return address if self._memory == "kept" else without_memory(address)

    def _address(self, question: Question) -> str:
        if not self._missed_only:
            return practice_address(self._lesson, question)
        return missed_address(self._lesson, question, self._standings)

    def _following(self) -> Question | None:
        """Find the next question: any after this one, or the next that was not right at once."""
        questions = self._lesson.questions
        later = questions[questions.index(self._question) + 1 :]
        if self._missed_only:
            later = tuple(q for q in later if state_of(self._standings.get(q.id)) in WORTH_ANOTHER)
        return later[0] if later else None


def missed_address(lesson: Lesson, question: Question, standings: Mapping[str, Standing]) -> str:
    """Say where a question is asked anew, on the way through those that were not right at once."""
    rounds = rounds_of(standings.get(question.id))
    return practice_address(lesson, question, missed_only=True, again=rounds)


def dots(lesson: Lesson, standings: Mapping[str, Standing], current: Question) -> tuple[Dot, ...]:
    """Mark how every question of a lesson stands."""
    return tuple(
        Dot(number, question.id, state_of(standings.get(question.id)), question is current)
        for number, question in enumerate(lesson.questions, 1)
    )


def first_unfinished(lesson: Lesson, standings: Mapping[str, Standing]) -> Question:
    """Find the first question whose solution the learner has not had; else the first of all."""
    left = (question for question in lesson.questions if state_of(standings.get(question.id)) in UNFINISHED)
    return next(left, lesson.questions[0])
