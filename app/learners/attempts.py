"""Attempts at questions: recorded once each, and read back as what a learner answered.

What is right is decided by the course; here a verdict is only kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select

from app.errors import Conflict
from app.learners.database import Records
from app.learners.shown_text import ShownText
from app.learners.tables import attempts, learners

Verdict = Literal["right", "wrong"]
NONE_RENAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Attempt:
    """One recorded answer.

    Attributes:
        shown_texts: what the learner saw of what was answered; None where that was not kept.
        is_repeat: it had been recorded before, and nothing was written this time.
    """

    question_id: str
    question_version: str
    attempt: str
    options: tuple[str, ...]
    verdict: Verdict
    created_at: datetime
    shown_texts: tuple[ShownText, ...] | None = None
    is_repeat: bool = False


@dataclass(frozen=True)
class Answered:
    """What a learner has answered to one question so far.

    Attributes:
        last_texts: what the learner saw of the last answer; None where that was not kept.
    """

    first_verdict: Verdict
    last_verdict: Verdict
    last_options: tuple[str, ...]
    count: int
    last_texts: tuple[ShownText, ...] | None = None


def record(
    records: Records,
    learner_key: str,
    question_id: str,
    question_version: str,
    attempt: str,
    options: Sequence[str],
    verdict: Verdict,
    shown_texts: Sequence[ShownText] | None = None,
) -> Attempt:
    """Record an answer once; the same learner's same attempt again gives back what was recorded.

    Args:
        records: the database.
        learner_key: who answered.
        question_id: of the question, as it was sent.
        question_version: the mark of the question's content.
        attempt: the client's token for this act of answering.
        options: what was chosen or entered; its order does not matter.
        verdict: of the course.
        shown_texts: what the learner saw of that: an option's id is a hash of its text, which may change.

    Raises:
        Conflict: the token was used for another answer.
        TryLater: the database cannot be written now; nothing was recorded.
    """
    body_hash = _body_hash(question_id, options)
    with records.reading() as connection:
        stored = _find(connection, learner_key, attempt)
    if stored is None:
        with records.writing() as connection:
            stored = _find(connection, learner_key, attempt)  # another thread may have been faster
            if stored is None:
                made = Attempt(
                    question_id,
                    question_version,
                    attempt,
                    tuple(sorted(options)),
                    verdict,
                    datetime.now(UTC),
                    _texts(shown_texts),
                )
                _insert(connection, learner_key, made, body_hash)
                return made
    if stored["body_hash"] != body_hash:
        message = f"The attempt {attempt!r} was already used for another answer. Send a new attempt token."
        raise Conflict(message)
    return replace(_attempt(stored), is_repeat=True)


def answers_of(
    records: Records,
    learner_key: str,
    question_ids: Collection[str],
    renamed: Mapping[str, str] = NONE_RENAMED,
) -> dict[str, Answered]:
    """Tell what a learner has answered to these questions; those without an answer are left out.

    Args:
        records: the database.
        learner_key: who answered.
        question_ids: of the questions.
        renamed: ids that these questions had before, each with that of today; answers to both count together.
    """
    wanted = (
        select(attempts.c.question_id, attempts.c.verdict, attempts.c.options, attempts.c.shown_texts)
        .join(learners)
        .where(learners.c.key == learner_key, attempts.c.question_id.in_([*question_ids, *renamed]))
        .order_by(attempts.c.id)
    )
    with records.reading() as connection:
        rows = connection.execute(wanted).all()
    answers: dict[str, Answered] = {}
    for recorded_id, verdict, options, shown_texts in rows:
        question_id = renamed.get(recorded_id, recorded_id)
        before = answers.get(question_id)
        first = verdict if before is None else before.first_verdict
        count = 1 if before is None else before.count + 1
        answers[question_id] = Answered(first, verdict, tuple(options), count, _texts(shown_texts))
    return answers


def _find(connection: Connection, learner_key: str, attempt: str) -> RowMapping | None:
    wanted = (
        select(attempts).join(learners).where(learners.c.key == learner_key, attempts.c.attempt == attempt)
    )
    return connection.execute(wanted).mappings().one_or_none()


def _insert(connection: Connection, learner_key: str, made: Attempt, body_hash: str) -> None:
    learner_id = connection.execute(
        select(learners.c.id).where(learners.c.key == learner_key)
    ).scalar_one_or_none()
    if learner_id is None:
        new = insert(learners).values(key=learner_key, created_at=made.created_at)
        learner_id = connection.execute(new.returning(learners.c.id)).scalar_one()
    values: dict[str, Any] = {
        "learner_id": learner_id,
        "question_id": made.question_id,
        "question_version": made.question_version,
        "attempt": made.attempt,
        "body_hash": body_hash,
        "options": list(made.options),
        "shown_texts": None if made.shown_texts is None else list(made.shown_texts),
        "verdict": made.verdict,
        "created_at": made.created_at,
    }
    connection.execute(insert(attempts).values(values))


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(
        question_id=row["question_id"],
        question_version=row["question_version"],
        attempt=row["attempt"],
        options=tuple(row["options"]),
        verdict=row["verdict"],
        created_at=row["created_at"],
        shown_texts=_texts(row["shown_texts"]),
    )


def _texts(given: Sequence[ShownText] | None) -> tuple[ShownText, ...] | None:
    return None if given is None else tuple(given)


def _body_hash(question_id: str, options: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([question_id, sorted(options)]).encode()).hexdigest()
