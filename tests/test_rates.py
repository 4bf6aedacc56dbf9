import time

import pytest
from limits.storage import MemoryStorage

from app.errors import PoolSpent, TooMany
from app.rates import Rate, StreamSlots


@pytest.fixture
def rate():
    return Rate("runs", per_learner=3, anonymous=5)


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
    with pytest.raises(PoolSpent, match="for all who have no cookie together"):
        rate.check(None)


def test_asking_alone_costs_nothing(rate):
    for _ in range(10):
        rate.check("me")


def test_a_clock_set_back_by_a_day_locks_nobody_out():
    rate = Rate("runs", 1, 1)
    take(rate, "me", 1)
    storage = rate._limiter.storage
    assert isinstance(storage, MemoryStorage)
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
    with pytest.raises(PoolSpent):
        slots.take(None)
    slots.take("me").release()
    for slot in held:
        slot.release()
    assert slots.open == 0
