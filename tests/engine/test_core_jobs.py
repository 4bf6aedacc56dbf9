"""Jobs on the core's device thread, between the calls of its runs."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.engine.device_loop import MAX_JOBS
from app.engine.run import RunStatus
from app.errors import InvalidRequest, TryLater
from tests.engine.core_scenes import play, spec, until, watch


def test_jobs_run_on_the_device_thread_and_bring_back_results_and_errors(source):
    async def scene(core):
        result = await asyncio.wrap_future(core.call(lambda: threading.current_thread().name))
        for error in (InvalidRequest("wrong"), SystemExit(3)):
            with pytest.raises(type(error)):
                core.call(lambda error=error: raise_(error)).result(5)
        return result, await watch(core, core.submit(spec(), "a").run_id)

    result, seen = play(scene, source)
    assert result == "device"
    assert seen[-1] == "done"


def raise_(error):
    raise error


def test_a_job_that_nobody_waits_for_any_more_is_not_run_and_harms_nothing(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(spec(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        done = []
        core.call(lambda: done.append("first")).cancel()
        last = core.call(lambda: done.append("second"))
        source.may_go.set()
        await asyncio.wrap_future(last)
        return done, await watch(core, run.run_id)

    done, seen = play(scene, source)
    assert done == ["second"]
    assert seen[-1] == "done"


@pytest.mark.slow
def test_jobs_are_bounded_and_do_not_hold_the_frames_up(source):
    source.pause_s = 0.005

    async def scene(core):
        run = core.submit(spec(steps=100), "a")
        await until(lambda: run.log.frames)
        source.may_go.clear()
        await asyncio.sleep(0.05)
        jobs = [core.call(lambda: len(run.log.frames)) for _ in range(MAX_JOBS)]
        with pytest.raises(TryLater):
            core.call(lambda: None)
        source.may_go.set()
        return [await asyncio.wrap_future(job) for job in jobs]

    frames = play(scene, source)
    assert frames[-1] - frames[0] >= MAX_JOBS - 2, "one job between two calls"


def test_stopping_gives_up_the_jobs_that_have_not_begun(source):
    async def scene(core):
        source.may_go.clear()
        run = core.submit(spec(), "a")
        await until(lambda: run.status is RunStatus.RUNNING)
        return core.call(lambda: None)

    job = play(scene, source)
    assert job.done()
