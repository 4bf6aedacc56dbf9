"""How a learner is forgotten."""

from __future__ import annotations

from sqlalchemy import delete

from app.learners.database import Records
from app.learners.tables import learners


def forget(records: Records, learner_key: str) -> None:
    """Remove a learner with every answer; one who was never recorded is no error."""
    with records.writing() as connection:
        connection.execute(delete(learners).where(learners.c.key == learner_key))
