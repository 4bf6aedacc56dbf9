"""Learners who went away are forgotten after a while, with all that was kept of them.

A client without a cookie becomes a learner with each answer. One that did a single thing, and no other within
two weeks, is taken for such a client.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from app.learners.database import Records
from app.learners.tables import attempts, learners, predictions, sittings

ONE_ACT_KEPT = timedelta(days=14)
AT_ONCE = 200
"""Learners that one transaction removes, so that answers need not wait long."""


def prune_some(
    records: Records, kept: timedelta | None, after: int = 0, at: datetime | None = None
) -> tuple[int | None, int]:
    """Forget some of the learners who went away.

    Args:
        records: the database.
        kept: how long after their last answer or prediction learners are kept; None for ever.
        after: the id of the last learner that was looked at; 0 to begin.
        at: now, unless given.

    Returns:
        From where to go on, None at the end; and how many were forgotten.

    Raises:
        TryLater: the database cannot be read or written now.
    """
    moment = at or datetime.now(UTC)
    wanted = (
        select(learners.c.id)
        .where(learners.c.id > after, _gone(kept, moment))
        .order_by(learners.c.id)
        .limit(AT_ONCE)
    )
    with records.reading() as connection:
        ids = connection.execute(wanted).scalars().all()
    if ids:
        with records.writing() as connection:
            connection.execute(delete(learners).where(learners.c.id.in_(ids), _gone(kept, moment)))
    return (ids[-1] if len(ids) == AT_ONCE else None), len(ids)


def _gone(kept: timedelta | None, moment: datetime) -> ColumnElement[bool]:
    one_act = and_(learners.c.created_at < moment - ONE_ACT_KEPT, _acts() <= 1)
    if kept is None:
        return one_act
    lately = (
        _lately(attempts.c.created_at, moment - kept),
        _lately(sittings.c.begun_at, moment - kept),
        _lately(predictions.c.created_at, moment - kept),
    )
    idle = and_(learners.c.created_at < moment - kept, *(~one.exists() for one in lately))
    return or_(one_act, idle)


def _acts() -> ColumnElement[int]:
    """Count answers, predictions, and solutions that were asked for at once."""
    given = select(func.count()).where(attempts.c.learner_id == learners.c.id).scalar_subquery()
    predicted = select(func.count()).where(predictions.c.learner_id == learners.c.id).scalar_subquery()
    answered = select(attempts.c.id).where(attempts.c.sitting_id == sittings.c.id).exists()
    revealed = select(func.count()).where(sittings.c.learner_id == learners.c.id, ~answered).scalar_subquery()
    return given + predicted + revealed


def _lately(moment: ColumnElement[datetime], since: datetime) -> Select[tuple[int]]:
    table = moment.table
    return select(table.c.id).where(table.c.learner_id == learners.c.id, moment >= since)
