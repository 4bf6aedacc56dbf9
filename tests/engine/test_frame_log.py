import asyncio
import contextlib

import pytest

from app.engine.frame_events import event, frame_event, note
from app.engine.frame_log import KEEP_ALIVE, PIECE_BYTES, WITHDRAWN, FrameLog, Viewer

DONE = event("done", {"steps": 2})


def frame(step):
    return frame_event(step, b'{"step":%d' % step, (b"x", b"y", b"z"))


def filled(frames, ending=None):
    log = FrameLog()
    for step in range(frames):
        log.append(frame(step))
    if ending:
        log.append(ending)
    return log


async def drain(log, after=-1, viewer=None):
    return [content async for content in log.read(after, viewer)]


def add(log, content):
    log.append(content)
    log.wake()


def test_one_who_comes_late_gets_everything_in_one_piece_and_the_ending():
    assert asyncio.run(drain(filled(3, DONE))) == [frame(0) + frame(1) + frame(2), DONE]


@pytest.mark.parametrize(("after", "expected"), [(0, [frame(1) + frame(2), DONE]), (2, [DONE]), (99, [DONE])])
def test_one_who_comes_back_goes_on_after_the_last_frame_that_arrived(after, expected):
    assert asyncio.run(drain(filled(3, DONE), after)) == expected


def test_frames_arrive_as_they_come_and_each_once():
    async def scene():
        log, seen = filled(1), []
        reading = log.read()
        seen.append(await anext(reading))
        for step in (1, 2):
            asyncio.get_running_loop().call_soon(add, log, frame(step))
            seen.append(await anext(reading))
        asyncio.get_running_loop().call_soon(add, log, DONE)
        return [*seen, *[content async for content in reading]]

    assert asyncio.run(scene()) == [frame(0), frame(1), frame(2), DONE]


def test_a_note_reaches_those_who_have_frames_already_and_each_once():
    async def scene():
        log = filled(1)
        reading = log.read()
        seen = [await anext(reading)]
        asyncio.get_running_loop().call_soon(add, log, note("Slower."))
        seen.append(await anext(reading))
        asyncio.get_running_loop().call_soon(add, log, frame(1))
        seen.append(await anext(reading))
        asyncio.get_running_loop().call_soon(add, log, DONE)
        return [*seen, *[content async for content in reading]]

    assert asyncio.run(scene()) == [frame(0), note("Slower."), frame(1), DONE]


def test_a_slow_reader_gets_what_gathered_meanwhile_and_holds_nobody_up():
    async def scene():
        log = filled(1)
        slow, quick = log.read(), log.read()
        first = await anext(slow), await anext(quick)
        for step in (1, 2):
            add(log, frame(step))
            assert await anext(quick) == frame(step)
        add(log, DONE)
        return first, [content async for content in slow]

    assert asyncio.run(scene()) == ((frame(0), frame(0)), [frame(1) + frame(2), DONE])


def test_one_who_withdraws_is_told_and_the_others_go_on():
    async def scene():
        log, leaver = filled(1), Viewer("a")
        leaving, staying = log.read(viewer=leaver), log.read(viewer=Viewer("b"))
        await anext(leaving), await anext(staying)
        leaver.parting = WITHDRAWN
        add(log, frame(1))
        return [content async for content in leaving], await anext(staying)

    assert asyncio.run(scene()) == ([WITHDRAWN], frame(1))


def test_while_nothing_happens_a_comment_shows_that_the_connection_lives():
    async def scene():
        log = FrameLog(keep_alive_s=0.01)
        reading = log.read()
        comments = [await anext(reading), await anext(reading)]
        add(log, frame(0))
        return comments, await anext(reading)

    assert asyncio.run(scene()) == ([KEEP_ALIVE, KEEP_ALIVE], frame(0))


def test_a_notice_reaches_those_who_have_no_frame_yet_and_only_the_newest():
    waiting = [event("waiting", {"ahead": ahead}) for ahead in (3, 2, 1)]

    async def scene():
        log = FrameLog()
        add(log, waiting[0])
        add(log, waiting[1])
        reading = log.read()
        seen = [await anext(reading)]
        asyncio.get_running_loop().call_soon(add, log, waiting[2])
        seen.append(await anext(reading))
        add(log, frame(0))
        seen.append(await anext(reading))
        late = log.read()
        return seen, await anext(late)

    assert asyncio.run(scene()) == ([waiting[1], waiting[2], frame(0)], frame(0))


def test_after_the_ending_nothing_is_taken():
    log = filled(1, DONE)
    size = log.size
    for late in (frame(1), event("failed", {"reason": "no"}), event("waiting", {})):
        log.append(late)
    assert (log.frames, log.ending, log.notice, log.size) == ([frame(0)], DONE, None, size)
    assert size == len(frame(0)) + len(DONE)


class EndingBetweenLooks(list[bytes]):
    """Frames of a run that ends, in another thread, just after the reader has counted them."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    def __len__(self):
        count = super().__len__()
        if self.log.ending is None:
            self.append(frame(0))
            self.log.ending = DONE
        return count


def test_frames_that_come_while_a_reader_looks_are_not_lost_to_the_ending():
    async def scene():
        log = FrameLog(keep_alive_s=0.01)
        log.frames = EndingBetweenLooks(log)
        return [content for content in await drain(log) if content != KEEP_ALIVE]

    assert asyncio.run(scene()) == [frame(0), DONE]


def test_readers_who_leave_while_waiting_leave_nothing_behind():
    async def scene():
        log = FrameLog()
        for _ in range(20):
            reading = asyncio.create_task(drain(log))
            await asyncio.sleep(0)
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
        return len(log._waiting)

    assert asyncio.run(scene()) == 0


def test_what_is_there_already_comes_in_pieces_of_a_bounded_size():
    log = FrameLog()
    frames = [frame_event(step, b'{"step":%d' % step, (bytes(9_000),) * 3) for step in range(50)]
    for content in (*frames, event("done", {})):
        log.append(content)

    async def pieces():
        return [piece async for piece in log.read()]

    *read, _ = asyncio.run(pieces())
    assert b"".join(read) == b"".join(frames)
    assert max(map(len, read)) < PIECE_BYTES + len(frames[0])
    assert len(read) < len(frames) / 1.5, "small frames still go together"
