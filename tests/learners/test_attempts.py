import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.errors import Conflict
from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.shown_text import ShownText
from app.learners.sittings import NONE_RENAMED, Given, RecordedQuestion, standings_of

ANSWER_FOR_EVER = """
import itertools, sys
from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.sittings import RecordedQuestion
records = open_records(sys.argv[1])
for n in itertools.count(int(sys.argv[2])):
    record(records, "learner", RecordedQuestion("question", "v1"), f"attempt-{n}", ["a"], "right")
    print(n, flush=True)
"""
ANSWER_ONCE_EACH = """
import sys
from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.sittings import RecordedQuestion
records = open_records(sys.argv[1])
for n in range(30):
    record(records, "learner", RecordedQuestion("question", "v1"), f"attempt-{n}", ["a"], "right")
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'records.sqlite3'}"


@pytest.fixture
def records(url):
    records = open_records(url)
    yield records
    records.close()


def rows(url, query="SELECT count(*) FROM attempts"):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute(query).fetchone()[0]
    finally:
        connection.close()


def answers(records, question="q", renamed=NONE_RENAMED):
    """Every answer to a question, in the order of time."""
    [standing] = standings_of(records, "learner", [question], renamed).values()
    return [given for sitting in standing.sittings for given in sitting.answers]


def answer(records, attempt="t", *, learner="learner", question="q", options=("a", "b"), verdict="right"):
    return record(records, learner, RecordedQuestion(question, "v1"), attempt, list(options), verdict)


def test_an_answer_is_recorded_with_its_moment_in_utc(records, url):
    before = datetime.now(UTC)
    made = answer(records)
    assert before <= made.created_at <= datetime.now(UTC)
    assert (made.question_id, made.question_version, made.options) == ("q", "v1", ("a", "b"))
    assert not made.is_repeat
    assert rows(url) == 1


def test_the_same_attempt_again_gives_back_the_first_record(records, url):
    made = answer(records, verdict="right")
    again = answer(records, options=("b", "a"), verdict="wrong")  # the course was edited in between
    assert again.is_repeat
    assert again.verdict == "right"
    assert again.created_at == made.created_at
    assert again.created_at.tzinfo is UTC
    assert rows(url) == 1


@pytest.mark.parametrize("other", [{"options": ("a",)}, {"question": "q2"}, {"options": ("a", "b", "c")}])
def test_the_same_token_for_another_answer_is_a_conflict(records, url, other):
    answer(records)
    with pytest.raises(Conflict, match="'t'"):
        answer(records, **other)
    assert rows(url) == 1


def test_two_learners_may_use_the_same_token(records, url):
    answer(records, learner="one", options=("a",))
    answer(records, learner="two", options=("b",))
    assert rows(url) == 2


def test_a_hundred_identical_answers_at_once_are_one_row(records, url):
    with ThreadPoolExecutor(40) as pool:
        made = list(pool.map(lambda _: answer(records), range(100)))
    assert rows(url) == 1
    assert len({(one.verdict, one.created_at) for one in made}) == 1
    assert sum(not one.is_repeat for one in made) == 1
    assert rows(url, "SELECT count(*) FROM learners") == 1


def test_different_answers_at_once_are_all_kept(records, url):
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda n: answer(records, f"t{n}"), range(100)))
    assert rows(url) == 100
    assert len(answers(records)) == 100


@pytest.mark.slow
def test_two_processes_that_record_the_same_answers_leave_each_once(records, url):
    command = [sys.executable, "-W", "error", "-c", ANSWER_ONCE_EACH, url]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert rows(url) == 30


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill(records, url):
    begun = 0
    for patience in (1, 7, 20):
        command = [sys.executable, "-c", ANSWER_FOR_EVER, url, str(begun)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            acknowledged = [int(process.stdout.readline()) for _ in range(patience)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout.read().split()]
        begun = acknowledged[-1] + 1
        assert rows(url) in (begun, begun + 1)  # one may have been recorded and not yet acknowledged
        assert rows(url, "PRAGMA integrity_check") == "ok"
        begun = rows(url)
    assert len(answers(records, "question")) == begun


def test_answers_are_told_in_the_order_of_time(records):
    answer(records, "1", options=("a",), verdict="wrong")
    answer(records, "2", options=("b",), verdict="right")
    answer(records, "3", question="other")
    answer(records, "4", learner="somebody else", verdict="wrong")
    assert answers(records) == [Given(("a",), "wrong"), Given(("b",), "right")]
    assert set(standings_of(records, "learner", ["q", "never answered"])) == {"q"}
    assert standings_of(records, "nobody", ["q"]) == {}
    assert standings_of(records, "learner", []) == {}


def test_an_answer_keeps_the_texts_that_were_shown(records, url):
    texts: list[ShownText] = [{"id": "a", "text": "Red"}, {"id": "b", "text": "$x_t$ “grün”"}]
    made = record(records, "learner", RecordedQuestion("q", "v1"), "t", ["b", "a"], "right", texts)
    again = record(
        records,
        "learner",
        RecordedQuestion("q", "v2"),
        "t",
        ["a", "b"],
        "right",
        [{"id": "a", "text": "Reworded"}],
    )
    assert made.shown_texts == again.shown_texts == tuple(texts)
    assert answers(records)[-1].texts == tuple(texts)


def test_an_answer_without_texts_is_told_apart_from_one_with_none(records, url):
    record(records, "learner", RecordedQuestion("q", "v1"), "1", ["a"], "right")
    assert rows(url, "SELECT shown_texts IS NULL FROM attempts") == 1
    assert answers(records)[-1].texts is None
    record(records, "learner", RecordedQuestion("q", "v1"), "2", ["a"], "right", [])
    assert answers(records)[-1].texts == ()


def test_answers_to_former_ids_count_for_the_question_of_today_in_the_order_of_time(records):
    answer(records, "1", question="oldest", options=("a",), verdict="wrong")
    answer(records, "2", question="new", options=("b",), verdict="wrong")
    answer(records, "3", question="old", options=("c",), verdict="right")
    renamed = {"oldest": "new", "old": "new"}
    assert [given.options for given in answers(records, "new", renamed)] == [("a",), ("b",), ("c",)]
    assert len(answers(records, "new")) == 1
