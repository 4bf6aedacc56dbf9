"""Viewers in the core who leave, come back or never come, and what becomes of their runs."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from app.errors import NotFound
from tests.engine.core_scenes import play, spec, until


def test_when_the_last_viewer_leaves_the_run_pauses_within_two_steps_and_goes_on_for_the_next(source):
    source.pause_s = 0.01

    async def scene(core):
        run = core.submit(spec(steps=200), "a")
        both = [core.watch(run.run_id, -1) for _ in range(2)]
        for events in both:
            await anext(events)
        await both[0].aclose()
        await until(lambda: len(run.log.frames) > 5)
        await both[1].aclose()
        left_at = len(run.log.frames)
        await asyncio.sleep(0.2)
        stopped_at = len(run.log.frames)
        assert stopped_at - left_at <= 2
        await asyncio.sleep(0.1)
        assert len(run.log.frames) == stopped_at
        async with contextlib.aclosing(core.watch(run.run_id, stopped_at - 1)) as events:
            content = await anext(events)
        return stopped_at, content

    stopped_at, content = play(scene, source)
    assert content.startswith(b"id: %d\n" % stopped_at)


def test_a_paused_run_that_nobody_comes_back_to_goes(source):
    source.pause_s = 0.005

    async def scene(core):
        run = core.submit(spec(steps=500), "a")
        await until(lambda: run.log.frames)
        core.withdraw(run.run_id)
        await asyncio.sleep(0.1)
        core.submit(spec(seed=1), "a")  # something to do, or the thread looks once a second
        await until(lambda: core.report()["runs"].get("paused", 0) == 0)
        with pytest.raises(NotFound):
            core.find(run.run_id)

    play(scene, source, RunTable(paused_s=0.05))


@pytest.mark.slow
def test_a_claim_without_a_viewer_ends(source):
    source.pause_s = 0.01

    async def scene(core):
        run = core.submit(spec(steps=500), "a")
        await until(lambda: run.status is RunStatus.PAUSED)
        frames = len(run.log.frames)
        await asyncio.sleep(0.1)
        return frames, len(run.log.frames)

    frames, later = play(scene, source, RunTable(claim_s=0.5))
    assert 0 < frames == later < 60


@pytest.mark.slow
def test_many_threads_worth_of_asking_watching_and_leaving_leave_nothing_behind(source):
    """The event loop adds, watches and withdraws while the device thread steps, ends and forgets."""

    async def visit(core, number):
        run = core.submit(spec(seed=number % 40, steps=1 + number % 7), f"learner {number % 9}")
        await asyncio.sleep(0.001 * (number % 5))
        with contextlib.suppress(NotFound):
            async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
                async for _ in events:
                    if number % 3 == 0:
                        break
            if number % 11 == 0:
                core.withdraw(run.run_id)
        core.report()

    async def scene(core):
        for start in range(0, 300, 50):
            await asyncio.gather(*(visit(core, number) for number in range(start, start + 50)))
        core.submit(spec(seed=999), "a")
        await until(lambda: set(core.report()["runs"]) == {"done"})
        return core.report()

    report = play(scene, source, RunTable(paused_s=0.01, claim_s=0.3, cache_bytes=200_000))
    assert report["viewers"] == 0
    assert 0 < report["runs"]["done"] < 281
