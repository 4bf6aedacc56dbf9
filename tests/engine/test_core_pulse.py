"""What the core says of its device thread while a network call blocks, is slow, or nothing is to be done."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.engine.core import Core
from app.engine.device_loop import STUCK_S
from app.engine.frame_log import KEEP_ALIVE
from app.engine.server import create_engine_app
from tests.engine.core_scenes import play, spec, until

pytestmark = pytest.mark.slow


async def beats_within(core, seconds):
    before = core.pulse()["beats"]
    await asyncio.sleep(seconds)
    return core.pulse()["beats"] - before


async def comments_within(core, run_id, seconds):
    """Count the signs of life that a reader gets."""
    came = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), contextlib.aclosing(core.watch(run_id, -1)) as events:
            async for content in events:
                came.append(content)  # noqa: PERF401  (what came before the timeout counts)
    return came.count(KEEP_ALIVE)


def test_an_idle_device_is_alive(source):
    async def scene(core):
        return await beats_within(core, 1.2), core.report()["silent_s"]

    beats, silent_s = play(scene, source)
    assert beats >= 2
    assert silent_s == 0.0


def test_a_call_that_blocks_stops_the_pulse_and_the_signs_of_life_but_not_the_answers(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(spec(), "a")
        await until(lambda: core.pulse()["limit_s"] == STUCK_S and core.report()["silent_s"] > 0.4)
        began = time.monotonic()
        beats, comments = await beats_within(core, 0.3), await comments_within(core, run.run_id, 1.2)
        other = core.submit(spec(seed=1), "b")  # the event loop still admits runs
        silent_s = core.report()["silent_s"]
        assert silent_s >= round(time.monotonic() - began, 1)
        source.may_go.set()
        await until(lambda: str(other.status) == "done")
        await until(lambda: core.report()["silent_s"] == 0.0)
        return beats, comments

    assert play(scene, source) == (0, 0)


def test_a_call_that_takes_as_long_as_was_measured_is_not_silent(source):
    source.pause_s = 1.0
    source.model = replace(source.model, rows_per_s=1.0)  # one row for a call of a second, two with guidance

    async def scene(core):
        run = core.submit(spec(guidance=1.0), "a")
        await until(lambda: str(run.status) == "running")
        return (
            await comments_within(core, run.run_id, 0.9),
            core.report()["silent_s"],
            core.pulse()["limit_s"],
        )

    comments, silent_s, limit_s = play(scene, source)
    assert comments >= 1
    assert silent_s == 0.0
    assert limit_s == 20.0


def test_a_job_says_itself_how_long_it_takes(source):
    async def scene(core):
        limits = []
        for expected_s in (0.1, 2.0):
            await asyncio.wrap_future(core.call(lambda: limits.append(core.pulse()["limit_s"]), expected_s))
        return limits

    assert play(scene, source) == [STUCK_S, 40.0]


def test_the_pulse_is_asked_for_with_the_token_alone(source):
    with TestClient(create_engine_app(Core(source), "secret", "a test")) as client:
        assert client.get("/pulse").status_code == 401
        report = client.get("/pulse", headers={"authorization": "Bearer secret"}).json()
    assert report["beats"] > 0
    assert report["limit_s"] >= STUCK_S
