"""What a web process keeps of runs that nobody watches any more, and how it gets the rest again."""

import asyncio
import contextlib
import re

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.engine.admission import Asker
from app.engine.client import KEPT_BYTES, KEPT_RUNS, NAMES, EngineClient
from app.engine.frame_events import event, frame_event
from app.engine.proof import TokenGuard
from app.errors import NotFound, TryLater

PANE = bytes(64 * 1024)
FRAMES = [frame_event(step, b'{"step":%d' % step, (PANE, PANE, PANE)) for step in range(8)]
DONE = event("done", {"steps": 7, "calls": 7})
RUN_BYTES = sum(map(len, FRAMES)) + len(DONE)


class FakeEngine:
    """Has every run finished, names it by its seed, and counts how often its frames are read."""

    def __init__(self):
        self.read = []
        self.ending = DONE

    async def submit(self, request: Request) -> Response:
        return JSONResponse({"id": str((await request.json())["seed"])}, status_code=201)

    async def frames(self, request: Request) -> Response:
        self.read.append(request.path_params["run_id"])
        after = int(request.query_params["after"])
        return Response(b"".join(FRAMES[after + 1 :]) + self.ending)

    def client(self) -> EngineClient:
        routes = [Route("/runs", self.submit, methods=["POST"]), Route("/runs/{run_id}/frames", self.frames)]
        return EngineClient(
            "http://engine", "secret", httpx2.ASGITransport(TokenGuard(Starlette(routes=routes), "secret"))
        )


async def ask_for(client, spec_of, seed):
    return client.relay(await client.submit(spec_of(seed=seed), Asker("somebody")))


async def watch_to_the_end(client, spec_of, seed):
    return await (await ask_for(client, spec_of, seed)).finished()


def in_memory(client, seeds):
    return sum(client.relay(str(seed)).log.size for seed in seeds)


def test_frames_that_nobody_watches_take_no_more_than_their_share_of_memory(spec_of):
    async def scene():
        engine = FakeEngine()
        client = engine.client()
        seeds = range(3 * KEPT_BYTES // RUN_BYTES)
        for seed in seeds:
            await watch_to_the_end(client, spec_of, seed)
        kept = in_memory(client, seeds)
        await client.close()
        return kept

    # What has just ended is let go of when the next run is asked for.
    assert asyncio.run(scene()) <= KEPT_BYTES + RUN_BYTES


def test_frames_that_were_let_go_are_read_from_the_engine_again_and_are_the_same(spec_of):
    async def scene():
        engine = FakeEngine()
        client = engine.client()
        first = await watch_to_the_end(client, spec_of, 0)
        for seed in range(1, 3 * KEPT_BYTES // RUN_BYTES):
            await watch_to_the_end(client, spec_of, seed)
        assert in_memory(client, [0]) == 0
        again = await client.relay("0").finished()
        await client.close()
        return engine.read.count("0"), first, again

    assert asyncio.run(scene()) == (2, FRAMES, FRAMES)


def test_what_somebody_watches_is_kept_however_much_came_since(spec_of):
    async def scene():
        engine = FakeEngine()
        client = engine.client()
        relay = await ask_for(client, spec_of, 0)
        async with contextlib.aclosing(relay.watch()) as events:
            await anext(events)
            for seed in range(1, 3 * KEPT_BYTES // RUN_BYTES):
                await watch_to_the_end(client, spec_of, seed)
            kept = in_memory(client, [0])
        await client.close()
        return kept

    assert asyncio.run(scene()) == RUN_BYTES


@pytest.mark.slow
def test_of_very_many_runs_the_oldest_are_forgotten(spec_of):
    async def scene():
        client = FakeEngine().client()
        for seed in range(KEPT_RUNS + 3):
            await ask_for(client, spec_of, seed)
        with pytest.raises(NotFound, match="start it again"):
            client.relay("0")
        newest = client.relay(str(KEPT_RUNS + 2))
        await client.close()
        return newest.run_id

    assert asyncio.run(scene()) == str(KEPT_RUNS + 2)


@pytest.mark.parametrize("steps", [(), (0,), (7,), (2, 3, 6)])
def test_of_a_run_whose_frames_are_picked_nothing_else_is_kept(spec_of, monkeypatch, steps):
    monkeypatch.setitem(NAMES, "run", re.compile(r"\w+"))

    async def scene():
        client = FakeEngine().client()
        await ask_for(client, spec_of, 0)
        picked = await client.picked("0", steps)
        kept = in_memory(client, [0])
        await client.close()
        return picked, kept

    assert asyncio.run(scene()) == ([FRAMES[step] for step in steps], 0)


def test_frames_of_a_run_that_failed_are_not_to_be_had(spec_of, monkeypatch):
    monkeypatch.setitem(NAMES, "run", re.compile(r"\w+"))

    async def scene():
        engine = FakeEngine()
        engine.ending = event("failed", {"reason": "no"})
        client = engine.client()
        await ask_for(client, spec_of, 0)
        for steps in ((), (1,)):
            with pytest.raises(TryLater):
                await client.picked("0", steps)
        await client.close()

    asyncio.run(scene())


def test_what_one_run_left_is_let_go_of_when_its_last_viewer_goes(spec_of):
    async def scene():
        client = FakeEngine().client()
        seeds = range(3 * KEPT_BYTES // RUN_BYTES)
        relays = [await ask_for(client, spec_of, seed) for seed in seeds]
        for relay in relays:
            await relay.finished()
        await asyncio.sleep(0.05)
        async with contextlib.aclosing(relays[0].watch()) as events:
            await anext(events)
        kept = in_memory(client, seeds)
        await client.close()
        return kept

    assert asyncio.run(scene()) <= KEPT_BYTES + RUN_BYTES
