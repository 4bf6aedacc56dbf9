"""What a viewer saw of a run, as the benchmarks count it."""

from __future__ import annotations

from benchmarks.viewers import Watched

SEEN = Watched(asked_at=0.5, arrivals=[1.0, 2.0, 4.0, 7.0])


def test_gaps_are_between_one_frame_and_the_next() -> None:
    assert SEEN.gaps == [1.0, 2.0, 3.0]


def test_a_window_holds_what_arrived_from_its_beginning_until_before_its_end() -> None:
    inside = SEEN.within(2.0, 7.0)
    assert (inside.arrivals, inside.gaps, inside.asked_at) == ([2.0, 4.0], [2.0], 0.5)
    assert SEEN.within(8.0, 9.0).gaps == []
