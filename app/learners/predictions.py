"""Predictions: locked when they are made, with the outcome beside them once it was measured.

What may be predicted, and what came out, is decided elsewhere; here it is only kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from app.errors import Conflict
from app.learners.database import Records
from app.learners.sittings import learner_row
from app.learners.tables import learners, predictions

Given = str | int | float


@dataclass(frozen=True)
class KeptPrediction:
    """One recorded prediction.

    Attributes:
        prediction_id: what it is about.
        version: the mark of what was asked, and of the run.
        given: what was predicted.
        created_at: when.
        measured_at: when the outcome was measured; None while it is not known.
        value: the outcome; None also where there is none, as a step that never comes.
        is_repeat: it had been recorded before, and nothing was written this time.
    """

    prediction_id: str
    version: str
    given: Given
    created_at: datetime
    measured_at: datetime | None = None
    value: float | None = None
    is_repeat: bool = False


def lock(
    records: Records,
    learner_key: str,
    prediction_id: str,
    version: str,
    given: Given,
    at: datetime | None = None,
) -> KeptPrediction:
    """Record a prediction; the same one again, from another tab say, gives back what was recorded.

    Args:
        records: the database.
        learner_key: who predicts.
        prediction_id: what it is about.
        version: the mark of what is asked; with another one, a learner may predict anew.
        given: what is predicted.
        at: when; now unless given.

    Raises:
        Conflict: something else was predicted before, and that is locked.
        TryLater: the database cannot be written now; nothing was recorded.
    """
    with records.writing() as connection:
        moment = at or datetime.now(UTC)
        learner_id = learner_row(connection, learner_key, moment)
        stored = _find(connection, learner_id, prediction_id, version)
        if stored is None:
            values = {
                "learner_id": learner_id,
                "prediction_id": prediction_id,
                "version": version,
                "given": given,
                "created_at": moment,
            }
            connection.execute(insert(predictions).values(values))
            return KeptPrediction(prediction_id, version, given, moment)
    if stored["given"] != given:
        raise Conflict(
            "You have predicted something else already, and a prediction is locked once it is made."
        )
    return _kept(stored, is_repeat=True)


def keep_outcome(
    records: Records,
    learner_key: str,
    prediction_id: str,
    version: str,
    value: float | None,
    at: datetime | None = None,
) -> None:
    """Record what came out, once; without a prediction nothing is."""
    of_learner = select(learners.c.id).where(learners.c.key == learner_key).scalar_subquery()
    known = (
        update(predictions)
        .where(
            predictions.c.learner_id == of_learner,
            predictions.c.prediction_id == prediction_id,
            predictions.c.version == version,
            predictions.c.measured_at.is_(None),
        )
        .values(value=value, measured_at=at or datetime.now(UTC))
    )
    with records.writing() as connection:
        connection.execute(known)


def predictions_of(
    records: Records, learner_key: str, versions: Mapping[str, str]
) -> dict[str, KeptPrediction]:
    """Return what a learner has predicted, by prediction.

    Args:
        records: the database.
        learner_key: who predicted.
        versions: the ids of the predictions asked for, each with its version of today.
    """
    found = _of_learner(records, learner_key, versions)
    return {one.prediction_id: one for one in found if versions[one.prediction_id] == one.version}


def all_predictions_of(records: Records, learner_key: str) -> list[KeptPrediction]:
    """List everything that a learner has predicted, in the order of time."""
    return _of_learner(records, learner_key, None)


def _of_learner(records: Records, learner_key: str, ids: Collection[str] | None) -> list[KeptPrediction]:
    wanted = (
        select(predictions).join(learners).where(learners.c.key == learner_key).order_by(predictions.c.id)
    )
    if ids is not None:
        wanted = wanted.where(predictions.c.prediction_id.in_(list(ids)))
    with records.reading() as connection:
        return [_kept(row) for row in connection.execute(wanted).mappings()]


def _find(connection: Connection, learner_id: int, prediction_id: str, version: str) -> RowMapping | None:
    wanted = select(predictions).where(
        predictions.c.learner_id == learner_id,
        predictions.c.prediction_id == prediction_id,
        predictions.c.version == version,
    )
    return connection.execute(wanted).mappings().one_or_none()


def _kept(row: RowMapping, *, is_repeat: bool = False) -> KeptPrediction:
    return KeptPrediction(
        prediction_id=row["prediction_id"],
        version=row["version"],
        given=row["given"],
        created_at=row["created_at"],
        measured_at=row["measured_at"],
        value=row["value"],
        is_repeat=is_repeat,
    )
