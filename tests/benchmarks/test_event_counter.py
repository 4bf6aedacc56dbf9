"""Counting frames by their bytes, wherever the stream is cut."""

from __future__ import annotations

import pytest

from app.engine.frame_events import event, frame_event
from benchmarks.event_counter import LAST_CHUNK, EventCounter

FRAMES = [frame_event(step, b'{"step":%d' % step, (b"\0" * 40, b"\1" * 40, b"\2" * 40)) for step in range(3)]
WAITING = event("waiting", {"ahead": 1})
DONE = event("done", {"steps": 2, "calls": 2})


@pytest.mark.parametrize("size", [1, 2, 7, 13, 50, 10_000])
def test_every_frame_is_counted_once_wherever_the_stream_is_cut(size: int) -> None:
    stream = WAITING + b"".join(FRAMES) + DONE + LAST_CHUNK
    counter = EventCounter()
    counted = sum(counter.feed(stream[start : start + size]) for start in range(0, len(stream), size))
    assert counted == counter.frames == 3
    assert counter.is_done
    assert counter.is_closed
    assert not counter.has_failed


def test_a_stream_is_open_until_its_last_chunk() -> None:
    counter = EventCounter()
    counter.feed(FRAMES[0] + DONE)
    assert counter.is_done
    assert not counter.is_closed
    counter.feed(LAST_CHUNK)
    assert counter.is_closed


def test_a_failed_run_is_not_a_finished_one() -> None:
    counter = EventCounter()
    counter.feed(FRAMES[0] + event("failed", {"reason": "gone"}) + LAST_CHUNK)
    assert counter.has_failed
    assert counter.is_closed
    assert not counter.is_done
