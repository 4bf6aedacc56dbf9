"""Sittings: a learner at one question, from the first answer until the solution is shown.

A sitting begins with its first answer, or with giving up at once. It ends with a right answer, with the last
try, or by giving up; from then on the learner has the solution. One that is twelve hours old without an end
has lapsed: nothing was shown, and the next answer begins another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from app.learners.database import Records
from app.learners.shown_text import ShownText
from app.learners.tables import attempts, learners, sittings

SITTING_LASTS = timedelta(hours=12)
NONE_RENAMED: Mapping[str, str] = MappingProxyType({})

Verdict = Literal["right", "wrong"]
Ending = Literal["right", "revealed"]
State = Literal["open", "seen", "second", "since", "once"]


@dataclass(frozen=True)
class RecordedQuestion:
    """What the records need to know of a question.

    Attributes:
        id: as it is today.
        version: the mark of its content.
        tries: how many a sitting has.
        former: ids that it had before: a sitting may have begun under one of them.
    """

    id: str
    version: str
    tries: int = 2
    former: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that it has had."""
        return self.id, *self.former


@dataclass(frozen=True)
class Given:
    """An answer within its sitting.

    Attributes:
        texts: what the learner saw of what was answered; None where that was not kept.
    """

    options: tuple[str, ...]
    verdict: Verdict
    texts: tuple[ShownText, ...] | None = None


@dataclass(frozen=True)
class Sitting:
    """One sitting, with its answers in order; `ending` is None while it is open, and where it lapsed."""

    begun_at: datetime
    ending: Ending | None
    answers: tuple[Given, ...] = ()

    @property
    def is_right_at_once(self) -> bool:
        """Whether the first answer was the right one."""
        return self.ending == "right" and len(self.answers) == 1


@dataclass(frozen=True)
class Standing:
    """What a learner has done with one question so far; `at` is the moment that it is told for."""

    sittings: tuple[Sitting, ...]
    at: datetime

    @property
    def current(self) -> Sitting | None:
        """The sitting that is open: an answer was wrong, and a try is left."""
        last = self.sittings[-1]
        return last if last.ending is None and last.begun_at > self.at - SITTING_LASTS else None

    @property
    def ended(self) -> tuple[Sitting, ...]:
        """The sittings after which the learner had the solution."""
        return tuple(sitting for sitting in self.sittings if sitting.ending)

    @property
    def has_solution(self) -> bool:
        """Whether the solution may be shown now: it was before, and no sitting is open."""
        return bool(self.ended) and self.current is None

    @property
    def state(self) -> State:
        """How the last sitting ended that did: `once` and `second` name the try that was right.

        `since` is right at once after an earlier sitting that was not, `seen` the solution without a right
        answer, and `open` a question of which the learner has not had the solution.
        """
        if not self.ended:
            return "open"
        *earlier, last = self.ended
        if last.ending == "revealed":
            return "seen"
        if not last.is_right_at_once:
            return "second"
        return "once" if all(sitting.is_right_at_once for sitting in earlier) else "since"


def standings_of(
    records: Records,
    learner_key: str,
    question_ids: Collection[str],
    renamed: Mapping[str, str] = NONE_RENAMED,
    at: datetime | None = None,
) -> dict[str, Standing]:
    """Tell what a learner has done with these questions; those never begun are left out.

    Args:
        records: the database.
        learner_key: who answered.
        question_ids: of the questions.
        renamed: ids that these questions had before, each with that of today; both count together.
        at: the moment to tell it for; now unless given.
    """
    columns = (sittings.c.id, sittings.c.question_id, sittings.c.begun_at, sittings.c.ending)
    wanted = (
        select(*columns, attempts.c.options, attempts.c.verdict, attempts.c.shown_texts)
        .select_from(sittings.join(learners).outerjoin(attempts, attempts.c.sitting_id == sittings.c.id))
        .where(learners.c.key == learner_key, sittings.c.question_id.in_([*question_ids, *renamed]))
        .order_by(sittings.c.id, attempts.c.id)
    )
    with records.reading() as connection:
        rows = connection.execute(wanted).all()
    found: dict[str, dict[int, Sitting]] = {}
    for id_, recorded_id, begun_at, ending, options, verdict, texts in rows:
        of_question = found.setdefault(renamed.get(recorded_id, recorded_id), {})
        before = of_question[id_].answers if id_ in of_question else ()
        given = () if verdict is None else (Given(tuple(options), verdict, _texts(texts)),)
        of_question[id_] = Sitting(begun_at, ending, (*before, *given))
    moment = at or datetime.now(UTC)
    return {name: Standing(tuple(by_id.values()), moment) for name, by_id in found.items()}


def give_up(
    records: Records, learner_key: str, question: RecordedQuestion, at: datetime | None = None
) -> bool:
    """Record that a learner was shown the solution; to one who has it, and no sitting open, nothing is new.

    Args:
        records: the database.
        learner_key: who gives up.
        question: which question.
        at: when; now unless given.

    Returns:
        Whether anything was recorded.

    Raises:
        TryLater: the database cannot be written now; nothing was recorded.
    """
    moment = at or datetime.now(UTC)
    with records.writing() as connection:
        learner_id = learner_row(connection, learner_key, moment)
        sitting_id = open_sitting(connection, learner_id, question, moment)
        if sitting_id is None:
            if _has_ended(connection, learner_id, question):
                return False
            sitting_id = begin_sitting(connection, learner_id, question, moment)
        end_sitting(connection, sitting_id, "revealed", moment)
    return True


def learner_row(connection: Connection, learner_key: str, at: datetime) -> int:
    """Return the id of a learner, who is recorded if that is new."""
    found = connection.execute(select(learners.c.id).where(learners.c.key == learner_key))
    learner_id: int | None = found.scalar_one_or_none()
    if learner_id is None:
        new = insert(learners).values(key=learner_key, created_at=at)
        learner_id = connection.execute(new.returning(learners.c.id)).scalar_one()
    return learner_id


def open_sitting(
    connection: Connection, learner_id: int, question: RecordedQuestion, at: datetime
) -> int | None:
    """Return the id of the sitting that is open."""
    wanted = (
        select(sittings.c.id)
        .where(
            sittings.c.learner_id == learner_id,
            sittings.c.question_id.in_(question.ids),
            sittings.c.ending.is_(None),
            sittings.c.begun_at > at - SITTING_LASTS,
        )
        .order_by(sittings.c.id.desc())
    )
    return connection.execute(wanted).scalars().first()


def begin_sitting(connection: Connection, learner_id: int, question: RecordedQuestion, at: datetime) -> int:
    """Begin a sitting and return its id."""
    new = insert(sittings).values(learner_id=learner_id, question_id=question.id, begun_at=at)
    return int(connection.execute(new.returning(sittings.c.id)).scalar_one())


def end_sitting(connection: Connection, sitting_id: int, ending: Ending, at: datetime) -> None:
    """End a sitting."""
    connection.execute(update(sittings).where(sittings.c.id == sitting_id).values(ending=ending, ended_at=at))


def _has_ended(connection: Connection, learner_id: int, question: RecordedQuestion) -> bool:
    wanted = select(sittings.c.id).where(
        sittings.c.learner_id == learner_id,
        sittings.c.question_id.in_(question.ids),
        sittings.c.ending.is_not(None),
    )
    return connection.execute(wanted).first() is not None


def _texts(given: Sequence[ShownText] | None) -> tuple[ShownText, ...] | None:
    return None if given is None else tuple(given)
