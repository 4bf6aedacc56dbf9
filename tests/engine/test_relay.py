"""A relay against an upstream that does what a test tells it, over real connections."""

from __future__ import annotations

import asyncio
import contextlib
import time

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from app.engine.frame_events import event, frame_event
from app.engine.frame_log import KEEP_ALIVE, WITHDRAWN
from app.engine.relay import GONE, LOST, Relay
from app.errors import TryLater
from tests.serving import served

DONE = event("done", {"steps": 3})


def frame(step):
    return frame_event(step, b'{"step":%d' % step, (b"x" * 1000, b"y", b"z"))


FRAMES = [frame(step) for step in range(4)]


class Upstream:
    """An engine that follows a script: bytes to send, events to wait for, exceptions to break off with."""

    def __init__(self):
        self.script = [*FRAMES, DONE]
        self.status = 200
        self.asked = []
        self.open = 0
        self.app = Starlette(routes=[Route("/runs/{run_id}/frames", self.frames)])

    async def frames(self, request):
        after = int(request.query_params["after"])
        self.asked.append(after)
        if self.status != 200:
            return PlainTextResponse("no", self.status)
        return StreamingResponse(self.play(after), media_type="text/event-stream")

    async def play(self, after):
        self.open += 1
        try:
            for part in self.script:
                if isinstance(part, asyncio.Event):
                    await part.wait()
                elif isinstance(part, Exception):
                    raise part
                elif not part.startswith(b"id: ") or int(part[4:].split(b"\n")[0]) > after:
                    yield part
        finally:
            self.open -= 1


@pytest.fixture
def upstream():
    return Upstream()


def play(scene, upstream, spec):
    async def whole():
        async with asyncio.timeout(15), served(upstream.app) as url, httpx2.AsyncClient(base_url=url) as http:
            relay = Relay(http, "run", spec)
            try:
                return await scene(relay)
            finally:
                await relay.close()

    return asyncio.run(whole())


@pytest.fixture
def spec(spec_of):
    return spec_of()


async def collect(relay, after=-1, key="a"):
    async with contextlib.aclosing(relay.watch(after, key)) as events:
        return b"".join([content async for content in events if content != KEEP_ALIVE])


async def until(condition):
    while not condition():  # noqa: ASYNC110  (the other side is a server)
        await asyncio.sleep(0.005)


def test_many_viewers_share_one_stream_from_the_engine(upstream, spec):
    async def scene(relay):
        seen = await asyncio.gather(*(collect(relay) for _ in range(30)))
        late = await collect(relay, after=1)
        return seen, late

    seen, late = play(scene, upstream, spec)
    assert set(seen) == {b"".join([*FRAMES, DONE])}
    assert late == b"".join([*FRAMES[2:], DONE])
    assert upstream.asked == [-1]


def test_events_that_arrive_in_pieces_are_put_together(upstream, spec):
    whole = b"".join([*FRAMES, DONE])
    upstream.script = [whole[start : start + 37] for start in range(0, len(whole), 37)]

    async def scene(relay):
        await collect(relay)
        return relay.log.frames, relay.log.ending

    assert len(upstream.script) > 100
    assert play(scene, upstream, spec) == (FRAMES, DONE)


def test_comments_of_the_engine_are_not_passed_on_and_do_not_hide_the_place_in_the_queue(upstream, spec):
    waiting = event("waiting", {"ahead": 2})
    upstream.script = [waiting, KEEP_ALIVE, KEEP_ALIVE, hold := asyncio.Event(), *FRAMES, DONE]

    async def scene(relay):
        first = asyncio.create_task(collect(relay))
        await until(lambda: relay.log.notice)
        await asyncio.sleep(0.05)
        async with contextlib.aclosing(relay.watch()) as late:
            told = await anext(late)
        hold.set()
        await first
        return told

    assert play(scene, upstream, spec) == waiting


@pytest.mark.parametrize("breaking", [None, RuntimeError("killed")])
def test_a_stream_that_just_stops_is_a_failure_that_viewers_are_told_of_within_a_second(
    upstream, spec, breaking
):
    upstream.script = [*FRAMES[:2], hold := asyncio.Event(), *([breaking] if breaking else [])]

    async def scene(relay):
        viewers = [asyncio.create_task(collect(relay)) for _ in range(3)]
        await until(lambda: len(relay.log.frames) == 2)
        stopped_at = time.monotonic()
        hold.set()
        seen = await asyncio.gather(*viewers)
        assert relay.has_failed
        with pytest.raises(TryLater):
            await relay.finished()
        return seen, time.monotonic() - stopped_at

    seen, seconds = play(scene, upstream, spec)
    assert set(seen) == {b"".join([*FRAMES[:2], event("failed", {"reason": LOST.format("run")})])}
    assert seconds < 1


@pytest.mark.parametrize(("status", "reason"), [(404, GONE), (401, LOST), (500, LOST), (503, LOST)])
def test_an_engine_that_refuses_the_stream_is_a_failure_too(upstream, spec, status, reason):
    upstream.status = status

    async def scene(relay):
        return await collect(relay)

    assert play(scene, upstream, spec) == event("failed", {"reason": reason.format("run")})


def test_an_engine_that_is_away_is_a_failure_too(spec):
    async def scene():
        async with httpx2.AsyncClient(base_url="http://127.0.0.1:1") as http:
            return await collect(Relay(http, "run", spec))

    assert asyncio.run(scene()) == event("failed", {"reason": LOST.format("run")})


def test_an_answer_that_makes_no_sense_is_a_failure_and_not_an_endless_wait(spec, capsys):
    class Nonsense(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise ValueError("nonsense")

    async def scene():
        async with httpx2.AsyncClient(base_url="http://engine", transport=Nonsense()) as http:
            return await asyncio.wait_for(collect(Relay(http, "run", spec)), 2)

    assert asyncio.run(scene()) == event("failed", {"reason": LOST.format("run")})
    assert "nonsense" in capsys.readouterr().out


def test_when_the_last_viewer_leaves_the_stream_is_closed_and_the_next_resumes_it(upstream, spec):
    upstream.script = [*FRAMES[:2], hold := asyncio.Event(), *FRAMES[2:], DONE]

    async def scene(relay):
        one, other = relay.watch(key="a"), relay.watch(key="b")
        for viewer in (one, other):
            await anext(viewer)
        await until(lambda: len(relay.log.frames) == 2)
        await one.aclose()
        await asyncio.sleep(0.05)
        assert upstream.open == 1, "somebody still watches"
        await other.aclose()
        await until(lambda: upstream.open == 0)
        hold.set()
        resumed = await collect(relay, after=0)
        return resumed, relay.viewers

    resumed, viewers = play(scene, upstream, spec)
    assert resumed == b"".join([*FRAMES[1:], DONE])
    assert upstream.asked == [-1, 1]
    assert viewers == []


def test_one_who_comes_just_as_the_last_one_leaves_gets_everything(upstream, spec):
    upstream.script = [*FRAMES[:2], hold := asyncio.Event(), *FRAMES[2:], DONE]

    async def scene(relay):
        first = relay.watch()
        await anext(first)
        await first.aclose()
        second = asyncio.create_task(collect(relay))  # the cancelled reading has not even ended yet
        await asyncio.sleep(0.02)
        hold.set()
        return await second

    assert play(scene, upstream, spec) == b"".join([*FRAMES, DONE])


def test_withdrawing_ends_the_viewing_of_that_key_and_no_other(upstream, spec):
    upstream.script = [*FRAMES[:2], hold := asyncio.Event(), *FRAMES[2:], DONE]

    async def scene(relay):
        # One key twice: a connection that was lost, and has not been noticed, beside the one after it.
        viewers = [asyncio.create_task(collect(relay, key=key)) for key in ("a/1", "a/2", "a/2", "b/2")]
        await until(lambda: len(relay.log.frames) == 2)
        relay.withdraw("a")
        relay.withdraw("a/2")
        await until(lambda: len(relay.viewers) == 2)
        hold.set()
        return [seen.endswith(WITHDRAWN) for seen in await asyncio.gather(*viewers)]

    assert play(scene, upstream, spec) == [False, True, True, False]


def test_one_who_wants_the_finished_run_waits_for_its_end(upstream, spec):
    upstream.script = [*FRAMES[:2], hold := asyncio.Event(), *FRAMES[2:], DONE]

    async def scene(relay):
        waiting = asyncio.create_task(relay.finished())
        await until(lambda: len(relay.log.frames) == 2)
        assert not waiting.done()
        hold.set()
        return await waiting, await relay.finished()

    assert play(scene, upstream, spec) == (FRAMES, FRAMES)
