"""The whole act of answering or giving up: check, grade, record. The API and the pages all do it here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request

from app.course.question import Question
from app.errors import InvalidRequest, NotFound
from app.learners.attempts import Attempt, record, recorded_before
from app.learners.sessions import Session, is_own_attempt, new_session, session_for_submission
from app.learners.sittings import RecordedQuestion, give_up
from app.questions.kind import Grade
from app.validation import ATTEMPT, PATTERNS
from app.web.edge.services import services_of
from app.web.edge.session import session_of

MAX_OPTIONS = 10
MAX_OPTION_LENGTH = 64


@dataclass(frozen=True)
class Submitted:
    """An answer that is on the disk.

    Attributes:
        grade: as it may be told: as long as a try is left, nothing in it tells the key.
        tries_left: in this sitting; 0 also where the answer was right.
        session: the learner it was recorded for.
        is_new_session: the learner began with it, and the response has to bring the cookie. Whoever sends the
            same again, and may have guessed it, gets none.
    """

    question: Question
    grade: Grade
    tries_left: int
    session: Session
    is_new_session: bool

    @property
    def has_solution(self) -> bool:
        """Whether the solution is told with it."""
        return self.tries_left == 0


async def submit_answer(
    request: Request, question: Question, options: Sequence[str], attempt: str
) -> Submitted:
    """Grade an answer and record it once; the same submission again gets the same grade.

    Raises:
        InvalidRequest: the options or the attempt token cannot be.
        Conflict: the token was used for another answer.
        TooMany, TryLater: nothing was recorded; later it will be.
    """
    session = session_of(request)
    check_submission(options, attempt)
    services = services_of(request)
    kind = services.kinds[question.kind]
    payer = None if session is None else session.learner_key
    services.answers.check(payer)
    learner = session or await _learner_of(request, question, attempt, options)
    try:
        graded = kind.grade(question, options)
    except InvalidRequest:  # as the question stands now; it may have been edited since it was answered
        ids = recorded(request, question).ids
        before = await services.on_records(recorded_before, learner.learner_key, ids, attempt, options)
        if before is None:
            raise
        told = Grade(before.verdict, "", "")
        is_handed_out = session is None and is_own_attempt(services.secret, attempt)
        return Submitted(question, told, before.tries_left, learner, is_handed_out)
    stored = await services.on_records(
        record,
        learner.learner_key,
        recorded(request, question),
        attempt,
        options,
        graded.verdict,
        kind.shown_texts(question, options),
    )
    if not stored.is_repeat:
        services.answers.count(payer)
    if stored.verdict != graded.verdict:  # the course was edited since: the verdict that was given stands
        graded = replace(graded, verdict=stored.verdict)
    if stored.tries_left:
        graded = graded.before_solution()
    is_handed_out = session is None and (not stored.is_repeat or is_own_attempt(services.secret, attempt))
    return Submitted(question, graded, stored.tries_left, learner, is_new_session=is_handed_out)


async def _learner_of(request: Request, question: Question, attempt: str, options: Sequence[str]) -> Session:
    """Begin a learner for an answer without a cookie, or find that of its first copy, under any id."""
    services = services_of(request)
    now, *former = (
        session_for_submission(services.secret, name, attempt, options)
        for name in recorded(request, question).ids
    )
    for learner in former:
        ids = recorded(request, question).ids
        if await services.on_records(recorded_before, learner.learner_key, ids, attempt, options):
            return learner
    return now


async def verdict_before(request: Request, question_id: str, options: Sequence[str], attempt: str) -> Attempt:
    """Return what was recorded of an answer to a question that is no longer asked: its verdict stands.

    Raises:
        NotFound: there is no such question, and no such answer was recorded.
    """
    check_submission(options, attempt)
    session = session_of(request)
    services = services_of(request)
    learner = session or session_for_submission(services.secret, question_id, attempt, options)
    before: Attempt | None = await services.on_records(
        recorded_before, learner.learner_key, [question_id], attempt, options
    )
    if before is None:
        raise NotFound(f"there is no question {question_id[:80]!r}")
    return before


async def submit_giving_up(request: Request, question: Question) -> Session:
    """Record that a learner was shown the solution; again, or after an answer that showed it, nothing is.

    Returns:
        The learner, who may have begun with it: then the response has to bring the cookie.

    Raises:
        TooMany, TryLater: nothing was recorded; later it will be.
    """
    session = session_of(request)
    services = services_of(request)
    learner = session or new_session(services.secret)
    payer = None if session is None else session.learner_key
    services.answers.check(payer)
    if await services.on_records(give_up, learner.learner_key, recorded(request, question)):
        services.answers.count(payer)
    return learner


def recorded(request: Request, question: Question) -> RecordedQuestion:
    """Say of a question what the records need to know."""
    services = services_of(request)
    former = tuple(services.catalogue.retired.former([question.id]))
    return RecordedQuestion(
        question.id, question.version, services.kinds[question.kind].tries(question), former
    )


def check_submission(options: Sequence[str], attempt: str) -> None:
    """Refuse what no page of ours sends.

    Raises:
        InvalidRequest: naming the field.
    """
    check_attempt(attempt)
    if len(options) > MAX_OPTIONS or any(len(option) > MAX_OPTION_LENGTH for option in options):
        message = f"options must be at most {MAX_OPTIONS} ids, as the question gave them."
        raise InvalidRequest(message, field="options")


def check_attempt(attempt: str) -> None:
    """Refuse a token that no page of ours sends.

    Raises:
        InvalidRequest: saying what is allowed.
    """
    if not re.fullmatch(ATTEMPT, attempt):
        raise InvalidRequest(f"attempt: {PATTERNS[ATTEMPT]}.", field="attempt")
