"""Attempts at questions: recorded once each, within the sitting that they belong to.

What is right, and how many tries a sitting has, is decided by the course; here it is only kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from app.errors import Conflict
from app.learners.database import Records
from app.learners.shown_text import ShownText
from app.learners.sittings import (
    RecordedQuestion,
    Verdict,
    begin_sitting,
    end_sitting,
    learner_row,
    open_sitting,
)
from app.learners.tables import attempts, learners


@dataclass(frozen=True)
class Attempt:
    """One recorded answer.

    Attributes:
        shown_texts: what the learner saw of what was answered; None where that was not kept.
        tries_left: in its sitting, after it; 0 also where it was right.
        is_repeat: it had been recorded before, and nothing was written this time.
    """

    question_id: str
    question_version: str
    attempt: str
    options: tuple[str, ...]
    verdict: Verdict
    created_at: datetime
    shown_texts: tuple[ShownText, ...] | None = None
    tries_left: int = 0
    is_repeat: bool = False


def record(
    records: Records,
    learner_key: str,
    question: RecordedQuestion,
    attempt: str,
    options: Sequence[str],
    verdict: Verdict,
    shown_texts: Sequence[ShownText] | None = None,
    at: datetime | None = None,
) -> Attempt:
    """Record an answer once; the same learner's same attempt again gives back what was recorded.

    Args:
        records: the database.
        learner_key: who answered.
        question: which question.
        attempt: the client's token for this act of answering.
        options: what was chosen or entered; its order does not matter.
        verdict: of the course.
        shown_texts: what the learner saw of that: an option's id is a hash of its text, which may change.
        at: when; now unless given.

    Raises:
        Conflict: the token was used for another answer.
        TryLater: the database cannot be written now; nothing was recorded.
    """
    body_hash = _body_hash(question.id, options)
    with records.reading() as connection:
        stored = _find(connection, learner_key, attempt)
    if stored is None:
        with records.writing() as connection:
            stored = _find(connection, learner_key, attempt)  # another thread may have been faster
            if stored is None:
                made = Attempt(
                    question.id,
                    question.version,
                    attempt,
                    tuple(sorted(options)),
                    verdict,
                    at or datetime.now(UTC),
                    _texts(shown_texts),
                )
                return _insert(connection, learner_key, made, body_hash, question)
    if stored["body_hash"] not in {_body_hash(name, options) for name in question.ids}:
        message = f"The attempt {attempt!r} was already used for another answer. Send a new attempt token."
        raise Conflict(message)
    return replace(_attempt(stored), is_repeat=True)


def recorded_before(
    records: Records, learner_key: str, question_ids: Sequence[str], attempt: str, options: Sequence[str]
) -> Attempt | None:
    """Return what was recorded of this very submission, whatever became of the question since; else None.

    Args:
        records: the database.
        learner_key: who answered.
        question_ids: every id that the question has had, or the one that an answer was sent to.
        attempt: the client's token for this act of answering.
        options: what was chosen or entered.
    """
    with records.reading() as connection:
        stored = _find(connection, learner_key, attempt)
    if stored is None or stored["body_hash"] not in {_body_hash(name, options) for name in question_ids}:
        return None
    return replace(_attempt(stored), is_repeat=True)


def _find(connection: Connection, learner_key: str, attempt: str) -> RowMapping | None:
    wanted = (
        select(attempts).join(learners).where(learners.c.key == learner_key, attempts.c.attempt == attempt)
    )
    return connection.execute(wanted).mappings().one_or_none()


def _insert(
    connection: Connection,
    learner_key: str,
    made: Attempt,
    body_hash: str,
    question: RecordedQuestion,
) -> Attempt:
    """Write an answer into its sitting, which it begins, goes on with, or ends."""
    moment = made.created_at
    learner_id = learner_row(connection, learner_key, moment)
    sitting_id = open_sitting(connection, learner_id, question, moment)
    if sitting_id is None:
        sitting_id = begin_sitting(connection, learner_id, question, moment)
    spent = select(func.count()).where(attempts.c.sitting_id == sitting_id)
    tries_left = max(0, question.tries - connection.execute(spent).scalar_one() - 1)
    if made.verdict == "right":
        tries_left = 0
    if tries_left == 0:
        end_sitting(connection, sitting_id, "right" if made.verdict == "right" else "revealed", moment)
    values: dict[str, Any] = {
        "learner_id": learner_id,
        "question_id": made.question_id,
        "question_version": made.question_version,
        "attempt": made.attempt,
        "body_hash": body_hash,
        "options": list(made.options),
        "shown_texts": None if made.shown_texts is None else list(made.shown_texts),
        "verdict": made.verdict,
        "created_at": moment,
        "sitting_id": sitting_id,
        "tries_left": tries_left,
    }
    connection.execute(insert(attempts).values(values))
    return replace(made, tries_left=tries_left)


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(
        question_id=row["question_id"],
        question_version=row["question_version"],
        attempt=row["attempt"],
        options=tuple(row["options"]),
        verdict=row["verdict"],
        created_at=row["created_at"],
        shown_texts=_texts(row["shown_texts"]),
        tries_left=row["tries_left"],
    )


def _texts(given: Sequence[ShownText] | None) -> tuple[ShownText, ...] | None:
    return None if given is None else tuple(given)


def _body_hash(question_id: str, options: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([question_id, sorted(options)]).encode()).hexdigest()
