"""Sittings: when they begin and end, what is recorded of them, and how a question stands after them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.learners.attempts import record
from app.learners.database import open_records
from app.learners.sittings import SITTING_LASTS, RecordedQuestion, give_up, standings_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def records(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield records
    records.close()


def answer(records, verdict, attempt, *, at=NOON, question="q", option="a", **more):
    return record(
        records, "learner", RecordedQuestion(question, "v1", **more), attempt, [option], verdict, at=at
    )


def standing(records, *, at=NOON, question="q", renamed=None):
    return standings_of(records, "learner", [question], renamed or {}, at=at)[question]


def test_a_wrong_answer_leaves_a_try_and_a_second_none(records):
    assert answer(records, "wrong", "1").tries_left == 1
    assert standing(records).current is not None
    assert not standing(records).has_solution
    assert answer(records, "wrong", "2").tries_left == 0
    assert standing(records).current is None
    assert (standing(records).has_solution, standing(records).state) == (True, "seen")


def test_a_right_answer_ends_the_sitting_at_either_try(records):
    assert answer(records, "right", "1").tries_left == 0
    assert standing(records).state == "once"
    answer(records, "wrong", "2", question="other")
    answer(records, "right", "3", question="other")
    assert standing(records, question="other").state == "second"
    assert [len(one.answers) for one in standing(records, question="other").sittings] == [2]


def test_with_one_try_the_first_wrong_answer_ends_the_sitting(records):
    assert answer(records, "wrong", "1", tries=1).tries_left == 0
    assert standing(records).state == "seen"


def test_an_answer_after_the_solution_begins_another_sitting(records):
    answer(records, "wrong", "1")
    answer(records, "wrong", "2")
    assert answer(records, "wrong", "3").tries_left == 1
    assert not standing(records).has_solution, "the solution is not shown while a sitting is open"
    assert standing(records).state == "seen", "what was is kept until the new sitting ends"
    answer(records, "right", "4")
    assert standing(records).state == "second"
    assert [one.ending for one in standing(records).sittings] == ["revealed", "right"]


def test_right_at_once_after_a_sitting_that_was_not_is_told_apart(records):
    answer(records, "wrong", "1")
    answer(records, "wrong", "2")
    answer(records, "right", "3")
    assert standing(records).state == "since"


def test_the_same_token_again_says_what_was_left_then(records):
    answer(records, "wrong", "1")
    answer(records, "right", "2", option="b")
    again = answer(records, "wrong", "1")
    assert (again.is_repeat, again.tries_left) == (True, 1)
    assert len(standing(records).sittings) == 1


def test_a_sitting_lapses_twelve_hours_after_its_first_answer(records):
    answer(records, "wrong", "1")
    just_before, then = NOON + SITTING_LASTS - MINUTE, NOON + SITTING_LASTS
    assert standing(records, at=just_before).current is not None
    late = standing(records, at=then)
    assert (late.current, late.has_solution, late.state) == (None, False, "open")
    assert answer(records, "wrong", "2", at=then).tries_left == 1, "another sitting, with all its tries"
    assert len(standing(records, at=then).sittings) == 2


def test_giving_up_ends_the_open_sitting_or_makes_one(records):
    answer(records, "wrong", "1")
    assert give_up(records, "learner", RecordedQuestion("q", "v1"), at=NOON)
    assert [one.ending for one in standing(records).sittings] == ["revealed"]
    assert give_up(records, "learner", RecordedQuestion("never answered", "v1"), at=NOON)
    [sitting] = standing(records, question="never answered").sittings
    assert (sitting.ending, sitting.answers) == ("revealed", ())
    assert standing(records, question="never answered").state == "seen"


def test_giving_up_what_has_its_solution_records_nothing(records):
    answer(records, "right", "1")
    assert not give_up(records, "learner", RecordedQuestion("q", "v1"), at=NOON)
    assert standing(records).state == "once"


def test_giving_up_after_a_sitting_lapsed_is_recorded(records):
    answer(records, "wrong", "1")
    assert give_up(records, "learner", RecordedQuestion("q", "v1"), at=NOON + SITTING_LASTS)
    assert standing(records, at=NOON + SITTING_LASTS).state == "seen"


def test_a_sitting_goes_on_under_the_new_id_of_its_question(records):
    answer(records, "wrong", "1", question="old")
    assert answer(records, "wrong", "2", question="new", former=("old",)).tries_left == 0
    assert len(standing(records, question="new", renamed={"old": "new"}).sittings) == 1
    answer(records, "right", "3", question="gone")
    assert not give_up(records, "learner", RecordedQuestion("here", "v1", former=("gone",)), at=NOON)


def test_identical_submissions_at_once_spend_one_try(records):
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda _: answer(records, "wrong", "same"), range(40)))
    assert {one.tries_left for one in made} == {1}
    assert standing(records).current is not None


def test_different_wrong_answers_at_once_spend_a_try_each_and_share_a_sitting(records):
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda option: answer(records, "wrong", option, option=option), ("a", "b")))
    assert sorted(one.tries_left for one in made) == [0, 1]
    assert [len(one.answers) for one in standing(records).sittings] == [2]
