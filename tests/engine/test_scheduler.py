from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.engine.admission import ANONYMOUS, Account
from app.engine.scheduler import CLASS_SIZE, Candidate, FairScheduler


def run(learner, number=0, rows=1, address="here"):
    return Candidate(f"{learner}-{number}", Account(learner, address), rows)


def rows_served(candidates, ticks, max_rows, scheduler=None):
    """Let the same runs stay for many ticks; return the network rows that each learner got."""
    scheduler = scheduler or FairScheduler()
    by_id = {candidate.run_id: candidate for candidate in candidates}
    served = Counter({candidate.account.learner: 0 for candidate in candidates})
    for _ in range(ticks):
        for run_id in scheduler.choose(candidates, max_rows):
            served[by_id[run_id].account.learner] += by_id[run_id].rows
    return served


def jain(amounts):
    """Jain's index: 1 when all got the same, 1/n when one got everything."""
    return sum(amounts) ** 2 / (len(amounts) * sum(amount**2 for amount in amounts))


def test_everybody_steps_when_there_is_room():
    candidates = [run("a", 0), run("a", 1), run("b"), run("c", rows=2)]
    assert sorted(FairScheduler().choose(candidates, 5)) == ["a-0", "a-1", "b-0", "c-0"]


def test_nobody_steps_when_nobody_waits():
    assert FairScheduler().choose([], 8) == []


def test_a_call_has_no_more_rows_than_allowed():
    candidates = [run("a", n, rows=3) for n in range(4)]
    assert len(FairScheduler().choose(candidates, 8)) == 2


def test_a_run_wider_than_a_call_steps_and_steps_alone():
    scheduler = FairScheduler()
    candidates = [run("wide", rows=32), run("narrow")]
    ticks = [scheduler.choose(candidates, 16) for _ in range(40)]
    assert ["wide-0"] in ticks
    assert all(tick in (["wide-0"], ["narrow-0"]) for tick in ticks)


def test_one_who_asks_for_fifty_times_as_much_takes_nothing_from_the_others():
    ordinary = [run(f"learner {n}") for n in range(29)]
    greedy = [run("greedy", n) for n in range(50)]
    for candidates in (ordinary + greedy, greedy + ordinary):
        served = rows_served(candidates, ticks=300, max_rows=16)
        amounts = [served[candidate.account.learner] for candidate in ordinary]
        assert jain(amounts) >= 0.95
        assert served["greedy"] <= 1.05 * max(amounts)


def test_learners_with_wide_and_narrow_runs_get_the_same_rows():
    candidates = [run("wide", rows=8), *(run(f"narrow {n}") for n in range(12))]
    served = rows_served(candidates, ticks=600, max_rows=8)
    assert jain(list(served.values())) >= 0.95


def test_a_newcomer_starts_level_with_the_least_served_and_does_not_catch_up_on_the_past():
    scheduler = FairScheduler()
    old = [run("a"), run("b")]
    rows_served(old, 1000, 1, scheduler)
    served = rows_served([*old, run("new")], 30, 1, scheduler)
    assert set(served.values()) == {10}


def test_within_a_learner_the_run_that_has_waited_longest_goes_first():
    scheduler = FairScheduler()
    candidates = [run("a", n) for n in range(4)]
    steps = Counter(run_id for _ in range(20) for run_id in scheduler.choose(candidates, 1))
    assert set(steps.values()) == {5}


def test_a_wide_run_is_not_starved_by_its_own_learners_narrow_one():
    scheduler = FairScheduler()
    candidates = [run("b"), run("a", 0, rows=8), run("a", 1)]
    assert any("a-0" in scheduler.choose(candidates, 8) for _ in range(20))


def test_accounts_of_those_who_have_gone_are_forgotten():
    scheduler = FairScheduler()
    for n in range(100):
        scheduler.choose([run(f"learner {n}")], 1)
    assert len(scheduler._spent) == len(scheduler._charged) == len(scheduler._stepped) == 1


def test_learners_get_the_same_whether_they_share_an_address_or_not():
    pupils = [run(f"pupil {n}", address="school") for n in range(CLASS_SIZE)]
    others = [run(f"other {n}", address=f"home {n}") for n in range(4)]
    for candidates in (pupils + others, others + pupils):
        assert jain(list(rows_served(candidates, ticks=1200, max_rows=4).values())) >= 0.99


def test_an_address_with_very_many_learners_gets_no_more_than_a_class():
    crowd = [run(f"one of many {n}", address="there") for n in range(400)]
    others = [run(f"other {n}", address=f"home {n}") for n in range(10)]
    for candidates in (crowd + others, others + crowd):
        served = rows_served(candidates, ticks=1000, max_rows=8)
        got = [served[other.account.learner] for other in others]
        assert jain(got) >= 0.99
        assert min(got) >= 0.95 * 8000 / (CLASS_SIZE + len(others))


def test_all_without_a_cookie_are_one_learner_wherever_they_are():
    nobody = [Candidate(f"a-{n}", ANONYMOUS, 1) for n in range(50)]
    served = rows_served([*nobody, run("b"), run("c", address="elsewhere")], ticks=300, max_rows=2)
    assert jain(list(served.values())) >= 0.99


def test_a_wide_run_at_an_address_of_its_own_is_not_starved_by_the_narrow_ones_of_others():
    scheduler = FairScheduler()
    candidates = [run("b", n) for n in range(9)] + [run("a", rows=8, address="a"), run("c", address="a")]
    assert any("a-0" in scheduler.choose(candidates, 8) for _ in range(40))


@given(
    runs=st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 40), st.sampled_from("xyz")), min_size=1, max_size=20
    ),
    max_rows=st.sampled_from([1, 8, 32]),
    shares_time=st.booleans(),
)
def test_nothing_starves_and_no_call_is_too_wide_whatever_is_asked(runs, max_rows, shares_time):
    candidates = [run(f"learner {who}", n, rows, where) for n, (who, rows, where) in enumerate(runs)]
    rows = {candidate.run_id: candidate.rows for candidate in candidates}
    scheduler = FairScheduler(shares_time=shares_time)
    stepped = set()
    # The account of the learner of the widest run is the smallest once all others were served as much.
    for _ in range(20 * 40 * 5):
        chosen = scheduler.choose(candidates, max_rows)
        assert chosen, "something always steps"
        assert len(set(chosen)) == len(chosen)
        assert len(chosen) == 1 or sum(rows[run_id] for run_id in chosen) <= max_rows
        stepped.update(chosen)
        if len(stepped) == len(rows):
            return
    raise AssertionError(f"never stepped: {set(rows) - stepped}")


def test_where_rows_are_time_many_runs_of_one_do_not_slow_the_single_one_of_another():
    scheduler = FairScheduler(shares_time=True)
    crowd, single = [run("crowd", n) for n in range(40)], run("single")
    ticks = [scheduler.choose([*crowd, single], 32) for _ in range(20)]
    assert all("single-0" in tick and len(tick) == 2 for tick in ticks)
    assert len(scheduler.choose(crowd, 32)) == 32  # alone, they have it all


def test_where_rows_are_time_equals_fill_the_call():
    learners = [run(f"{who}", n) for who in "ab" for n in range(20)]
    assert len(FairScheduler(shares_time=True).choose(learners, 32)) == 32
    ordinary = [run(f"learner {n}", rows=2) for n in range(12)]
    assert len(FairScheduler(shares_time=True).choose(ordinary, 32)) == 12
