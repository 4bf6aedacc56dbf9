"""What a relay tells its viewers beside frames: that the engine is silent, and that this process stops."""

from __future__ import annotations

import asyncio
import time

import httpx2
import pytest

from app.engine.client import EngineClient
from app.engine.frame_events import event, leaving
from app.engine.frame_log import ANSWERS, KEEP_ALIVE, SILENT
from app.engine.relay import RETRY_MS, SPREAD_MS, Relay, Silence
from app.errors import TryLater
from tests.engine.test_relay import DONE, FRAMES, Upstream, collect, until
from tests.serving import served

SILENT_S = 0.1


@pytest.fixture
def upstream():
    return Upstream()


def play(scene, upstream, spec):
    async def whole():
        async with asyncio.timeout(15), served(upstream.app) as url, httpx2.AsyncClient(base_url=url) as http:
            relay = Relay(http, "run", spec, SILENT_S)
            try:
                return await scene(relay)
            finally:
                await relay.close()

    return asyncio.run(whole())


@pytest.fixture
def spec(spec_of):
    return spec_of()


@pytest.mark.parametrize("before", [[], FRAMES[:2], [event("waiting", {"ahead": 2})]])
def test_viewers_of_a_silent_engine_are_told_at_once_and_again_when_it_answers(upstream, spec, before):
    upstream.script = [*before, hold := asyncio.Event(), KEEP_ALIVE, go_on := asyncio.Event(), *FRAMES, DONE]

    async def scene(relay):
        first = asyncio.create_task(collect(relay))
        await until(lambda: relay.log.is_silent)
        late = asyncio.create_task(collect(relay))
        await asyncio.sleep(0.01)
        hold.set()
        await until(lambda: not relay.log.is_silent)
        await asyncio.sleep(0.01)
        go_on.set()
        return await first, await late

    first, late = play(scene, upstream, spec)
    assert first.count(SILENT) == late.count(SILENT) == 1
    assert first.count(ANSWERS) == late.count(ANSWERS) == 1
    assert first.index(SILENT) < first.index(ANSWERS) < first.index(DONE)
    assert first.replace(SILENT, b"").replace(ANSWERS, b"").endswith(b"".join(FRAMES[2:]) + DONE)


def test_one_who_comes_while_nothing_at_all_is_answered_is_told_too(spec):
    class Hanging(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await asyncio.sleep(60)

    async def scene():
        async with httpx2.AsyncClient(base_url="http://engine", transport=Hanging()) as http:
            relay = Relay(http, "run", spec, SILENT_S)
            began = time.monotonic()
            assert await anext(relay.watch()) == SILENT
            await relay.close()
            return time.monotonic() - began

    assert asyncio.run(scene()) < 1


def test_signs_of_life_are_heard_and_no_silence_is_told(upstream, spec):
    class Ticking(asyncio.Event):
        async def wait(self):
            await asyncio.sleep(SILENT_S / 3)

    upstream.script = [part for _ in range(12) for part in (Ticking(), KEEP_ALIVE)] + [*FRAMES, DONE]

    async def scene(relay):
        return await collect(relay)

    assert play(scene, upstream, spec) == b"".join([*FRAMES, DONE])


def test_a_process_that_stood_still_itself_reads_first_what_has_come():
    told = []

    async def silent():
        with Silence(lambda *, is_silent: told.append(is_silent), SILENT_S):
            await asyncio.sleep(0.02)
            time.sleep(2 * SILENT_S)  # noqa: ASYNC251  (the whole process stands still)
            await asyncio.sleep(SILENT_S / 4)
            assert told == []
            await asyncio.sleep(0.35)

    asyncio.run(silent())
    assert told == [True, False], "at the end it is silent no more"
    told.clear()

    async def answering():
        with Silence(lambda *, is_silent: told.append(is_silent), SILENT_S) as silence:
            time.sleep(2 * SILENT_S)  # noqa: ASYNC251
            for _ in range(10):
                await asyncio.sleep(SILENT_S / 4)
                silence.heard()

    asyncio.run(answering())
    assert told == []


def test_leaving_ends_every_viewing_with_a_time_to_return_and_no_two_at_the_same_moment(upstream, spec):
    upstream.script = [*FRAMES[:2], asyncio.Event()]

    async def scene(relay):
        viewers = [asyncio.create_task(collect(relay)) for _ in range(20)]
        finishing = asyncio.create_task(relay.finished())
        await until(lambda: len(relay.log.frames) == 2 and len(relay.viewers) == 21)
        relay.leave()
        seen = await asyncio.gather(*viewers)
        with pytest.raises(TryLater, match="stopping"):
            await finishing
        return seen, await collect(relay)

    seen, late = play(scene, upstream, spec)
    assert all(one.startswith(b"".join(FRAMES[:2])) for one in seen)
    lasts = {one.removeprefix(b"".join(FRAMES[:2])) for one in seen}
    assert lasts < {leaving(RETRY_MS + more) for more in range(SPREAD_MS)}
    assert len(lasts) == 20
    assert late == leaving(RETRY_MS), "nor does anybody begin to wait"


@pytest.mark.parametrize("ending", [DONE, event("failed", {"reason": "no"})])
def test_viewers_of_a_run_that_has_ended_get_its_end(upstream, spec, ending):
    upstream.script = [*FRAMES, ending]

    async def scene(relay):
        await collect(relay)
        viewer = relay.watch()
        await anext(viewer)
        relay.leave()
        return await anext(viewer), await collect(relay)

    assert play(scene, upstream, spec) == (ending, b"".join([*FRAMES, ending]))


def test_nobody_waits_for_a_silent_engine_when_the_server_leaves():
    class Hanging(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await asyncio.sleep(60)

    async def scene():
        client = EngineClient("http://engine", "secret", Hanging())
        asking = [asyncio.create_task(client.status()), asyncio.create_task(client.judged("0" * 24))]
        await asyncio.sleep(0.01)
        client.leave()
        began = time.monotonic()
        for task in (*asking, asyncio.create_task(client.status())):
            with pytest.raises(TryLater, match="stopping"):
                await task
        await client.close()
        return time.monotonic() - began

    assert asyncio.run(scene()) < 10, "the engine would have taken a minute"
