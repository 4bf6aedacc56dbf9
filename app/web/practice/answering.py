"""The whole act of answering: check, grade, record. The API and the practice page both do it here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request

from app.course.question import Question
from app.errors import InvalidRequest
from app.learners.attempts import record
from app.learners.sessions import Session, session_for_submission
from app.questions.kind import Grade
from app.web.edge.services import services_of
from app.web.edge.session import session_of

MAX_OPTIONS = 10
MAX_OPTION_LENGTH = 64
ATTEMPT = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


@dataclass(frozen=True)
class Submitted:
    """An answer that is on the disk.

    Attributes:
        session: the learner it was recorded for.
        is_new_session: the learner began with it, and the response has to bring the cookie.
    """

    question: Question
    grade: Grade
    session: Session
    is_new_session: bool


async def submit_answer(
    request: Request, question: Question, options: Sequence[str], attempt: str
) -> Submitted:
    """Grade an answer and record it once; the same submission again gets the same grade.

    Raises:
        InvalidRequest: the options or the attempt token cannot be, or the cookie is forged.
        Conflict: the token was used for another answer.
        TooMany, TryLater: nothing was recorded; later it will be.
    """
    session = session_of(request)
    check_submission(options, attempt)
    services = services_of(request)
    kind = services.kinds[question.kind]
    graded = kind.grade(question, options)
    learner = session or session_for_submission(services.secret, question.id, attempt, options)
    payer = None if session is None else session.learner_key
    services.limits.check_answer(payer)
    stored = await services.on_records(
        record,
        learner.learner_key,
        question.id,
        question.version,
        attempt,
        options,
        graded.verdict,
        kind.shown_texts(question, options),
    )
    if not stored.is_repeat:
        services.limits.count_answer(payer)
    if stored.verdict != graded.verdict:  # the course was edited since: the verdict that was given stands
        graded = replace(graded, verdict=stored.verdict)
    return Submitted(question, graded, learner, is_new_session=session is None)


def check_submission(options: Sequence[str], attempt: str) -> None:
    """Refuse what no page of ours sends.

    Raises:
        InvalidRequest: naming the field.
    """
    if not ATTEMPT.fullmatch(attempt):
        message = (
            "attempt must be 1 to 128 letters, digits or any of _.:- ; make a new random one for each answer."
        )
        raise InvalidRequest(message, field="attempt")
    if len(options) > MAX_OPTIONS or any(len(option) > MAX_OPTION_LENGTH for option in options):
        message = f"options must be at most {MAX_OPTIONS} ids, as the question gave them."
        raise InvalidRequest(message, field="options")
