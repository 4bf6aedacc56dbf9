"""Accounts, newcomers and the runs of a minute."""

from __future__ import annotations

import pytest

from app.engine import admission
from app.engine.admission import ANONYMOUS, CHANGES_PER_RUN, KNOWN_S, Account, Admission, RunLimits
from app.errors import PoolSpent, TooMany


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_learner_has_an_account_and_all_others_share_one() -> None:
    door = Admission()
    assert door.take("a", "here") == Account("a", "here")
    assert door.take("a", "there") == Account("a", "there")
    assert door.take("", "here") is door.take("", "there") is ANONYMOUS


def test_a_learner_over_the_rate_is_refused_wherever_the_requests_come_from() -> None:
    door = Admission(RunLimits(runs=3))
    for address in ("here", "there", "elsewhere"):
        door.take("a", address)
    with pytest.raises(TooMany, match="at most 3 runs a minute for one learner"):
        door.take("a", "here")
    door.take("b", "here")


def test_an_address_brings_so_many_newcomers_a_minute_and_the_others_share_the_pool() -> None:
    door = Admission(RunLimits(newcomers=30, anonymous_runs=5))
    accounts = [door.take(f"pupil {n}", "school") for n in range(30)]
    assert ANONYMOUS not in accounts
    assert [door.take(f"made up {n}", "school") for n in range(5)] == [ANONYMOUS] * 5
    with pytest.raises(PoolSpent, match="at most 5 runs a minute for all who have no cookie"):
        door.take("made up 5", "school")
    assert door.take("pupil 0", "school") == accounts[0]
    assert door.take("somebody", "home") == Account("somebody", "home")


def test_one_who_was_no_newcomer_yet_becomes_one_when_the_budget_allows_it() -> None:
    door = Admission(RunLimits(newcomers=1))
    door.take("first", "here")
    assert door.take("second", "here") is ANONYMOUS
    assert door.take("second", "there") == Account("second", "there")
    assert door.take("second", "here") == Account("second", "here")


def test_a_learner_who_asks_for_nothing_for_long_is_a_newcomer_again() -> None:
    clock = Clock()
    door = Admission(RunLimits(newcomers=2), clock)
    door.take("often", "here")
    door.take("once", "here")
    clock.now = KNOWN_S - 1
    assert door.take("often", "here").learner == "often"
    clock.now = KNOWN_S + 1
    assert door.take("often", "here").learner == "often"
    assert door.take("once", "here") is ANONYMOUS


def test_only_so_many_learners_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_KNOWN", 3)
    door = Admission(RunLimits(newcomers=1000))
    for n in range(100):
        door.take(f"{n}", "here")
    assert len(door._seen_at) <= 4


@pytest.mark.parametrize(("learner", "refusal", "runs"), [("a", TooMany, 2), ("", PoolSpent, 3)])
def test_a_run_may_be_changed_several_times_and_no_more(
    learner: str, refusal: type[Exception], runs: int
) -> None:
    door = Admission(RunLimits(runs=2, anonymous_runs=3))
    for _ in range(CHANGES_PER_RUN * runs):
        door.take(learner, "here", is_change=True, is_run=False)
    with pytest.raises(refusal, match="changes a minute"):
        door.take(learner, "here", is_change=True, is_run=False)
    door.take(learner, "here")  # which is counted apart


def test_the_limits_let_a_whole_class_through() -> None:
    door = Admission()
    for n in range(60):
        assert door.take(f"pupil {n}", "school") is not ANONYMOUS
    for _ in range(200):
        door.take("", "school")
