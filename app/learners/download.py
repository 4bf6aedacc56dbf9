"""Everything that is kept of one learner, in a form that can be written to a file."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Row, select

from app.learners.database import Records
from app.learners.predictions import all_predictions_of
from app.learners.shown_text import ShownText
from app.learners.tables import attempts, learners, sittings


class DownloadedAnswer(TypedDict):
    """An answer; moments are in ISO 8601, and `texts` is None where they were not kept."""

    at: str
    question_version: str
    options: list[str]
    texts: list[ShownText] | None
    verdict: str
    tries_left: int


class DownloadedSitting(TypedDict):
    """A sitting of a question with its answers in order.

    `ending` is "right" or "revealed"; it and `ended_at` are None for one without an end.
    """

    question: str
    begun_at: str
    ended_at: str | None
    ending: str | None
    answers: list[DownloadedAnswer]


class DownloadedPrediction(TypedDict):
    """A prediction and its outcome; `measured_at` is None while that is not known."""

    prediction: str
    version: str
    given: str | int | float
    at: str
    measured_at: str | None
    value: float | None


def all_predictions(records: Records, learner_key: str) -> list[DownloadedPrediction]:
    """List every prediction of a learner in the order of time."""
    return [
        {
            "prediction": kept.prediction_id,
            "version": kept.version,
            "given": kept.given,
            "at": kept.created_at.isoformat(),
            "measured_at": kept.measured_at.isoformat() if kept.measured_at else None,
            "value": kept.value,
        }
        for kept in all_predictions_of(records, learner_key)
    ]


def all_sittings(records: Records, learner_key: str) -> list[DownloadedSitting]:
    """List every sitting of a learner in the order of time."""
    of_learner = learners.c.key == learner_key
    with records.reading() as connection:
        begun = connection.execute(
            select(sittings).join(learners).where(of_learner).order_by(sittings.c.id)
        ).all()
        given = connection.execute(
            select(attempts).join(learners).where(of_learner).order_by(attempts.c.id)
        ).all()
    answers: dict[int, list[DownloadedAnswer]] = {}
    for row in given:
        answers.setdefault(row.sitting_id, []).append(_answer(row))
    return [
        {
            "question": row.question_id,
            "begun_at": row.begun_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "ending": row.ending,
            "answers": answers.get(row.id, []),
        }
        for row in begun
    ]


def _answer(row: Row[tuple[object, ...]]) -> DownloadedAnswer:
    return {
        "at": row.created_at.isoformat(),
        "question_version": row.question_version,
        "options": row.options,
        "texts": row.shown_texts,
        "verdict": row.verdict,
        "tries_left": row.tries_left,
    }
