"""Learners who went away are forgotten, with everything; those who came back are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.predictions import lock
from app.learners.pruning import AT_ONCE, prune_some
from app.learners.sittings import RecordedQuestion, give_up
from app.learners.tables import attempts, learners, predictions, sittings

NOW = datetime(2027, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=400)


@pytest.fixture
def records(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield records
    records.close()


def ago(**time):
    return NOW - timedelta(**time)


def answer(records, learner, at, number=0, verdict="right"):
    question = RecordedQuestion(f"q{number}", "v")
    record(records, learner, question, f"attempt-{at.timestamp()}-{number}", ["a"], verdict, at=at)


def prune(records, kept, at):
    """Forget all, a few at a time."""
    after: int | None = 0
    forgotten = 0
    while after is not None:
        after, number = prune_some(records, kept, after, at)
        forgotten += number
    return forgotten


def left(records):
    with records.reading() as connection:
        return {row.key for row in connection.execute(learners.select())}


def everything(records):
    with records.reading() as connection:
        return [len(connection.execute(table.select()).all()) for table in (attempts, sittings, predictions)]


def test_who_did_a_single_thing_goes_after_two_weeks(records):
    answer(records, "new", ago(days=13))
    answer(records, "old", ago(days=15))
    lock(records, "better", "bet", "v", 1, at=ago(days=15))
    give_up(records, "gave up", RecordedQuestion("q", "v"), at=ago(days=15))
    assert prune(records, YEAR, NOW) == 3
    assert left(records) == {"new"}
    assert everything(records) == [1, 1, 0]


@pytest.mark.parametrize("first", ["answer", "prediction"])
def test_who_came_back_stays_for_as_long_as_is_said(records, first):
    for days, name in ((399, "stays"), (401, "goes")):
        if first == "answer":
            answer(records, name, ago(days=500))
        else:
            lock(records, name, "bet", "v", 1, at=ago(days=500))
        answer(records, name, ago(days=days), number=1)
    assert prune(records, YEAR, NOW) == 1
    assert left(records) == {"stays"}


def test_two_tries_at_one_question_are_two_things(records):
    answer(records, "twice", ago(days=30), verdict="wrong")
    answer(records, "twice", ago(days=30), number=1)
    assert prune(records, YEAR, NOW) == 0


def test_without_a_time_only_single_things_go(records):
    answer(records, "single", ago(days=4000))
    for number in range(2):
        answer(records, "old", ago(days=4000), number)
    assert prune(records, None, NOW) == 1
    assert left(records) == {"old"}


def test_many_go_a_few_at_a_time(records):
    with records.writing() as connection:
        rows = [{"key": f"k{number}", "created_at": ago(days=15)} for number in range(AT_ONCE + 7)]
        connection.execute(learners.insert(), rows)
    answer(records, "here", ago(days=1))
    assert prune(records, YEAR, NOW) == AT_ONCE + 7
    assert left(records) == {"here"}
