"""The tables of the records, as the newest migration leaves them (a test compares the two)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides; SQLite itself keeps no time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into UTC without a zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

learners = Table(
    "learners",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

sittings = Table(
    "sittings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("learner_id", ForeignKey("learners.id", ondelete="CASCADE"), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),  # null while it is open, and where it lapsed
    Column("ending", String(8)),  # "right" or "revealed"
    Index("sittings_by_question", "learner_id", "question_id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("learner_id", ForeignKey("learners.id", ondelete="CASCADE"), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("question_version", String(64), nullable=False),
    Column("attempt", String(128), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("options", JSON, nullable=False),
    Column("shown_texts", JSON(none_as_null=True)),  # null in rows from before they were kept
    Column("verdict", String(5), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sitting_id", ForeignKey("sittings.id")),
    Column("tries_left", Integer, nullable=False, server_default="0"),
    UniqueConstraint("learner_id", "attempt", name="one_row_per_attempt"),
    Index("attempts_by_question", "learner_id", "question_id"),
    Index("attempts_by_sitting", "sitting_id"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("learner_id", ForeignKey("learners.id", ondelete="CASCADE"), nullable=False),
    Column("prediction_id", String(60), nullable=False),
    Column("version", String(16), nullable=False),
    Column("given", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("measured_at", UtcDateTime),  # null until the outcome is known
    Column("value", Float),  # null too where nothing can be measured, as a step that never comes
    UniqueConstraint("learner_id", "prediction_id", "version", name="one_prediction_each"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
