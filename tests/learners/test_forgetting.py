import pytest

from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.forgetting import forget
from app.learners.sittings import RecordedQuestion, standings_of


@pytest.fixture
def records(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield records
    records.close()


def answer(records, learner, question, attempt, verdict):
    record(records, learner, RecordedQuestion(question, "v1"), attempt, ["a"], verdict)


def test_forgetting_removes_a_learner_with_every_answer_and_nobody_else(records):
    answer(records, "me", "q1", "1", "right")
    answer(records, "other", "q1", "1", "right")
    forget(records, "me")
    forget(records, "never seen")
    assert standings_of(records, "me", ["q1"]) == {}
    assert len(standings_of(records, "other", ["q1"])["q1"].sittings) == 1
    with records.reading() as connection:
        for table in ("attempts", "sittings"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 1
