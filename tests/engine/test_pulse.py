"""What counts as a hang and what does not, on a clock of the test's own."""

from __future__ import annotations

import pytest

from app.engine.device_loop import STUCK_S, Pulse
from app.engine.vigil import SILENT_S, STARTING_S, Answer, Vigil

LOOK_S = 2.0


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vigil():
    """Somebody who has had an answer."""
    vigil = Vigil(LOOK_S)
    assert vigil.look(Answer(1, STUCK_S), 0.0) is None
    return vigil


def looks(vigil, answer, seconds, each=0.5, listens=True):
    """Look on for so long and return the moment at which a hang was found, or None."""
    passed = 0.0
    while passed < seconds:
        passed += each
        if vigil.look(answer, each, listens=listens):
            return passed
    return None


def test_silence_is_a_hang_after_a_few_seconds_and_not_before(vigil):
    assert looks(vigil, None, 60.0) == SILENT_S


def test_one_who_was_stopped_for_a_second_and_goes_on_is_none(vigil):
    for beats in range(2, 50):
        assert vigil.look(None, 1.5) is None
        assert vigil.look(Answer(beats, STUCK_S), 0.5) is None


def test_a_device_in_one_call_is_a_hang_although_the_event_loop_answers(vigil):
    assert looks(vigil, Answer(1, STUCK_S), 60.0) == STUCK_S


def test_many_long_calls_are_none_while_each_ends(vigil):
    for beats in range(2, 30):
        assert looks(vigil, Answer(beats, STUCK_S), STUCK_S - 0.5) is None


@pytest.mark.parametrize("asleep_s", [5.0, 600.0, 86_400.0])
def test_a_machine_that_was_suspended_is_none(vigil, asleep_s):
    assert vigil.look(None, asleep_s) is None, "the question that was under way is lost"
    assert vigil.look(Answer(1, STUCK_S), asleep_s) is None, "or the call that was"
    assert vigil.look(Answer(1, STUCK_S), 0.5) is None
    assert vigil.look(Answer(2, STUCK_S), 0.5) is None


def test_a_process_that_loads_its_models_has_minutes_for_it():
    assert looks(Vigil(LOOK_S), None, STARTING_S - 1.0, listens=False) is None
    assert looks(Vigil(LOOK_S), None, 2 * STARTING_S, listens=False) == STARTING_S


def test_one_that_listens_has_no_such_time_even_if_it_never_answered():
    assert looks(Vigil(LOOK_S), None, 60.0) == SILENT_S


def test_a_call_may_last_many_times_what_was_measured_for_it(clock):
    pulse = Pulse(clock)
    pulse.beat(0.1)
    assert pulse.report() == {"beats": 1, "limit_s": STUCK_S}
    pulse.beat(3.0)  # a machine on which a network call takes three seconds
    assert pulse.report() == {"beats": 2, "limit_s": 60.0}


def test_a_thread_is_late_long_before_it_counts_as_stuck(clock):
    pulse = Pulse(clock)
    pulse.beat(0.1)
    clock.now += 0.45
    assert pulse.late_s == 0.0
    clock.now += 0.1
    assert pulse.late_s == pytest.approx(0.55)
    pulse.beat(0.1)
    assert pulse.late_s == 0.0
    pulse.beat(3.0)
    clock.now += 6.0
    assert pulse.late_s == 0.0


def test_calls_that_take_longer_under_load_are_not_late_and_once_it_is_gone_they_are(clock):
    pulse = Pulse(clock)
    for seconds in (0.2, 0.5, 1.2, 2.0):  # a network of 0.1 s, and many runs that are encoded beside it
        pulse.beat(0.1, is_call=True)
        clock.now += seconds
        assert pulse.late_s == 0.0
    for _ in range(40):
        pulse.beat(0.1, is_call=True)
        clock.now += 0.1
    pulse.beat(0.5)  # idle, which says nothing of calls
    clock.now += 0.5
    pulse.beat(0.1, is_call=True)
    clock.now += 0.8
    assert pulse.late_s == pytest.approx(0.8)
    assert pulse.report()["limit_s"] == STUCK_S, "what is usual makes no hang wait longer"
