import pytest

from app.learners.attempts import answers_of, record
from app.learners.database import open_records
from app.learners.progress import LessonProgress, forget, lesson_progress

LESSONS = {"first": ["q1", "q2", "q3"], "second": ["q4"], "empty": []}


@pytest.fixture
def records(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield records
    records.close()


def answer(records, learner, question, attempt, verdict):
    record(records, learner, question, "v1", attempt, ["a"], verdict)


def test_a_new_learner_has_answered_nothing(records):
    assert lesson_progress(records, "nobody", LESSONS) == {
        "first": LessonProgress(3, 0, 0),
        "second": LessonProgress(1, 0, 0),
        "empty": LessonProgress(0, 0, 0),
    }


def test_progress_counts_questions_by_their_latest_answer(records):
    answer(records, "me", "q1", "1", "wrong")
    answer(records, "me", "q1", "2", "right")
    answer(records, "me", "q2", "3", "right")
    answer(records, "me", "q2", "4", "wrong")
    answer(records, "me", "q4", "5", "right")
    answer(records, "other", "q3", "6", "right")
    progress = lesson_progress(records, "me", LESSONS)
    assert progress["first"] == LessonProgress(questions=3, answered=2, right=1)
    assert progress["second"] == LessonProgress(questions=1, answered=1, right=1)


def test_forgetting_removes_a_learner_with_every_answer_and_nobody_else(records):
    answer(records, "me", "q1", "1", "right")
    answer(records, "other", "q1", "1", "right")
    forget(records, "me")
    forget(records, "never seen")
    assert answers_of(records, "me", ["q1"]) == {}
    assert answers_of(records, "other", ["q1"])["q1"].count == 1
    with records.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attempts").scalar_one() == 1
