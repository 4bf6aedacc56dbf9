import pytest

from app.engine.admission import ANONYMOUS, Account
from app.engine.frame_events import event, frame_event
from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from app.errors import NotFound, TryLater


@pytest.fixture
def spec(spec_of):
    return spec_of()


def table(**bounds):
    return RunTable(**{"max_live": 3, "claim_s": 10.0, "paused_s": 60.0} | bounds)


def ids(runs):
    return [run.run_id for run in runs]


def finish(runs, run, size=0):
    run.log.append(frame_event(0, b"{" + b" " * size, (b"", b"", b"")))
    run.log.append(event("done", {}))
    runs.end(run, RunStatus.DONE)


def test_a_run_that_was_asked_for_goes_on_a_moment_then_pauses_keeps_its_state_and_goes(spec):
    runs = table()
    run = runs.admit("a", spec, Account("a"), 1, now=0.0)
    assert ids(runs.wanted(9.9)) == ["a"]
    assert runs.wanted(10.0) == []
    assert run.status is RunStatus.PAUSED
    assert runs.wanted(70.0) == []
    assert runs.find("a") is run
    runs.wanted(70.1)
    with pytest.raises(NotFound):
        runs.find("a")


def test_a_run_that_is_watched_goes_on_for_ever(spec):
    runs = table()
    runs.admit("a", spec, Account("a"), 1, now=0.0).viewers += 1
    assert ids(runs.wanted(1e6)) == ["a"]


def test_a_paused_run_goes_on_when_somebody_claims_it_and_its_patience_begins_anew(spec):
    runs = table()
    runs.admit("a", spec, Account("a"), 1, now=0.0)
    runs.wanted(10.0)
    assert runs.join("a", 60.0) is runs.find("a")
    assert ids(runs.wanted(69.9)) == ["a"]
    assert runs.wanted(70.0) == []
    runs.wanted(130.0)
    assert runs.find("a")


def test_what_is_unknown_or_failed_is_not_joined_and_what_failed_can_be_asked_for_anew(spec):
    runs = table()
    assert runs.join("a", 0.0) is None
    failed = runs.admit("a", spec, Account("a"), 1, now=0.0)
    runs.end(failed, RunStatus.FAILED)
    assert runs.find("a") is failed
    assert runs.join("a", 0.0) is None
    again = runs.admit("a", spec, Account("a"), 1, now=0.0)
    assert runs.find("a") is again is not failed
    assert ids(runs.wanted(0.0)) == ["a"]
    runs.end(failed, RunStatus.FAILED)
    assert runs.find("a") is again, "the end of the old one is not the end of the new one"


def test_a_full_table_refuses_and_says_when_to_come_back(spec):
    runs = table()
    for name in "abc":
        runs.admit(name, spec, Account(name), 1, now=0.0)
    with pytest.raises(TryLater, match="3 runs") as refused:
        runs.admit("d", spec, Account("d"), 1, now=1.0)
    assert refused.value.retry_after_s > 0
    finish(runs, runs.find("b"))
    assert runs.admit("d", spec, Account("d"), 1, now=1.0)


def test_runs_that_nobody_watches_make_room_the_longest_paused_first(spec):
    runs = table()
    for second, name in enumerate("abc"):
        runs.admit(name, spec, Account(name), 1, now=second)
    runs.find("a").viewers = 1
    for now in (10.0, 11.0, 12.0):
        runs.wanted(now)
    runs.admit("d", spec, Account("d"), 1, now=13.0)
    with pytest.raises(NotFound):
        runs.find("b")
    assert {runs.find(name).run_id for name in "acd"} == set("acd")


def test_unfinished_runs_are_bounded_by_the_bytes_that_they_will_take(spec):
    runs = table(live_bytes=100)
    runs.admit("a", spec, Account("a"), 60, now=0.0)
    with pytest.raises(TryLater):
        runs.admit("b", spec, Account("b"), 60, now=0.0)
    runs.admit("b", spec, Account("b"), 40, now=0.0)


def test_a_run_larger_than_the_bound_is_taken_when_it_is_the_only_one(spec):
    assert table(live_bytes=100).admit("a", spec, Account("a"), 101, now=0.0)


def test_finished_runs_are_kept_within_their_bytes_the_latest_used_ones(spec):
    runs = table(cache_bytes=2500)
    for name in "abc":
        if name == "c":
            runs.join("a", 1.0)  # used again: now "b" is the longest unused
        finish(runs, runs.admit(name, spec, Account(name), 1, now=0.0), size=1000)
    with pytest.raises(NotFound):
        runs.find("b")
    assert [runs.find(name).status for name in "ac"] == [RunStatus.DONE] * 2


def test_a_finished_run_that_is_watched_is_not_taken_away(spec):
    runs = table(cache_bytes=1)
    first = runs.admit("a", spec, Account("a"), 1, now=0.0)
    first.viewers = 1
    finish(runs, first, size=1000)
    finish(runs, runs.admit("b", spec, Account("b"), 1, now=0.0), size=1000)
    assert runs.find("a") is first
    assert runs.find("b"), "the one that has just finished is still to be read"


def test_counts_tell_the_runs_in_each_status_the_viewers_and_who_is_ahead(spec):
    runs = table()
    a, b = (runs.admit(name, spec, Account(name), 1, now=0.0) for name in "ab")
    c = runs.admit("c", spec, Account("c"), 1, now=5.0)
    b.viewers = 2
    finish(runs, a)
    b.status = RunStatus.RUNNING
    assert runs.ahead_of(c) == 1
    runs.wanted(20.0)
    assert runs.counts() == {"running": 1, "paused": 1, "done": 1}
    assert runs.viewers() == 2


def test_a_pause_does_not_count_as_time_that_a_run_took(spec):
    runs = table()
    run = runs.admit("a", spec, Account("a"), 1, now=0.0)
    run.began_at = 2.0
    runs.wanted(10.0)
    runs.wanted(25.0)
    run.viewers += 1
    runs.wanted(40.0)
    assert (run.began_at, run.idle_since) == (32.0, None)
    runs.wanted(41.0)
    assert run.began_at == 32.0


def test_no_learner_takes_all_of_what_may_be_under_way(spec):
    runs = table(max_live=3)
    for name in "ab":
        runs.admit(name, spec, Account("greedy"), 1, now=0.0)
    with pytest.raises(TryLater, match="2 runs of one learner"):
        runs.admit("c", spec, Account("greedy"), 1, now=1.0)
    assert runs.admit("d", spec, Account("other"), 1, now=1.0)
    assert runs.join("a", 1.0)  # who asks for the same run again takes no more room
    for run in (runs.find("a"), runs.find("b")):
        run.pause(99.0)
    assert runs.admit("c", spec, Account("greedy"), 1, now=100.0)  # nobody watches theirs any more


def test_no_address_takes_all_of_what_may_be_under_way(spec):
    runs = table(max_live=4)
    for name in "abc":
        runs.admit(name, spec, Account(name, "there"), 1, now=0.0)
    with pytest.raises(TryLater, match="3 runs of one address"):
        runs.admit("d", spec, Account("d", "there"), 1, now=1.0)
    assert runs.admit("e", spec, Account("e", "elsewhere"), 1, now=1.0)


def test_all_without_a_cookie_together_take_no_more_than_a_learner(spec):
    runs = table(max_live=3)
    for name in "ab":
        runs.admit(name, spec, ANONYMOUS, 1, now=0.0)
    with pytest.raises(TryLater, match="2 runs of one learner"):
        runs.admit("c", spec, ANONYMOUS, 1, now=1.0)


def test_a_table_for_one_run_takes_one_of_anybody(spec):
    assert table(max_live=1).admit("a", spec, Account("only"), 1, now=0.0)
