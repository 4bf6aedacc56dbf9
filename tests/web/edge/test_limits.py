import time

import anyio
import pytest
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooMany, TryLater
from app.settings import Settings
from app.web.edge.limits import CHANGES_PER_RUN, Rate, StreamSlots, make_limits
from app.web.edge.record_threads import RecordThreads


@pytest.fixture
def rate():
    return Rate(FixedWindowRateLimiter(MemoryStorage()), "runs", per_learner=3, anonymous=5)


def take(rate, key, times):
    for _ in range(times):
        rate.check(key)
        rate.count(key)


def test_a_learner_over_the_rate_is_told_when_to_come_back(rate):
    take(rate, "me", 3)
    with pytest.raises(TooMany, match="at most 3 runs a minute") as caught:
        rate.check("me")
    assert 1 <= caught.value.retry_after_s <= 60


def test_one_learner_over_the_rate_holds_nobody_else_up(rate):
    take(rate, "me", 3)
    take(rate, "you", 3)
    take(rate, None, 5)


def test_all_without_a_cookie_share_one_pool_whose_end_is_nobodys_own_fault(rate):
    take(rate, None, 5)
    with pytest.raises(TryLater) as caught:
        rate.check(None)
    assert not isinstance(caught.value, TooMany)


def test_asking_alone_costs_nothing(rate):
    for _ in range(10):
        rate.check("me")


def test_two_rates_on_one_limiter_are_counted_apart():
    limiter = FixedWindowRateLimiter(MemoryStorage())
    runs, answers = Rate(limiter, "runs", 1, 1), Rate(limiter, "answers", 1, 1)
    take(runs, "me", 1)
    take(answers, "me", 1)


def test_a_clock_set_back_by_a_day_locks_nobody_out():
    storage = MemoryStorage()
    rate = Rate(FixedWindowRateLimiter(storage), "runs", 1, 1)
    take(rate, "me", 1)
    for key in storage.expirations:
        storage.expirations[key] = time.time() + 24 * 3600  # as if the window had begun a day from now
    take(rate, "me", 1)


def test_streams_are_capped_for_a_learner_and_freed_again():
    slots = StreamSlots(per_learner=2, anonymous=3)
    first, _second = slots.take("me"), slots.take("me")
    with pytest.raises(TooMany, match="at most 2 open streams"):
        slots.take("me")
    slots.take("you")
    first.release()
    first.release()
    slots.take("me")
    with pytest.raises(TooMany):
        slots.take("me")
    assert slots.open == 3


def test_streams_without_a_cookie_share_one_pool():
    slots = StreamSlots(per_learner=1, anonymous=3)
    held = [slots.take(None) for _ in range(3)]
    with pytest.raises(TryLater) as caught:
        slots.take(None)
    assert not isinstance(caught.value, TooMany)
    slots.take("me").release()
    for slot in held:
        slot.release()
    assert slots.open == 0


def test_the_settings_let_a_whole_class_without_cookies_through():
    limits = make_limits(Settings())
    for _ in range(200):
        limits.run(None)
    assert len([limits.stream(None) for _ in range(64)]) == 64


def test_the_settings_are_obeyed():
    limits = make_limits(Settings(runs_per_minute=1, streams_per_learner=1, answers_per_minute=1))
    limits.run("me")
    limits.count_answer("me")
    limits.stream("me")
    for over in (limits.run, limits.check_answer, limits.stream):
        with pytest.raises(TooMany):
            over("me")


def test_a_run_may_be_changed_several_times_and_no_more():
    limits = make_limits(Settings(runs_per_minute=2, anonymous_runs_per_minute=3))
    for key, runs, refusal in (("me", 2, TooMany), (None, 3, TryLater)):
        for _ in range(CHANGES_PER_RUN * runs):
            limits.change(key)
        with pytest.raises(refusal, match="changes a minute"):
            limits.change(key)
        limits.run(key)  # which are counted apart


def test_work_on_records_waits_for_a_free_thread_only_so_long():
    async def crowd():
        threads = RecordThreads(threads=1, patience_s=0.05)
        async with anyio.create_task_group() as group:
            group.start_soon(threads.run, time.sleep, 0.3)
            await anyio.sleep(0.01)
            with pytest.raises(TryLater, match="busy"):
                await threads.run(time.sleep, 0)
        assert await threads.run(lambda number: number + 1, 1) == 2

    anyio.run(crowd)


def test_work_on_records_is_finished_when_the_client_goes_and_its_thread_is_free_again():
    async def leave():
        done = []
        threads = RecordThreads(threads=1, patience_s=1)

        def work():
            time.sleep(0.1)
            done.append("work")

        with anyio.move_on_after(0.02):
            await threads.run(work)
        await threads.run(done.append, "next")
        return done

    assert anyio.run(leave) == ["work", "next"]
