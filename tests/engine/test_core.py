"""Runs in the core, from the request to the last frame: refused, queued, stepped, shared and read again."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace

import pytest

from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from app.errors import InvalidRequest, NotFound, TryLater
from tests.engine.core_scenes import names, play, spec, until, watch

FRAMES = ["frame"] * 5


def test_a_run_is_stepped_to_its_end(source):
    async def scene(core):
        run = core.submit(spec(), "a")
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            contents = [content async for content in events]
        return contents, run.status

    contents, status = play(scene, source)
    assert [name for name in names(contents) if name != "waiting"] == [*FRAMES, "done"]
    assert status is RunStatus.DONE
    done = json.loads(contents[-1].split(b"data: ")[1])
    assert (done["steps"], done["calls"]) == (4, 4)
    assert 0 < done["seconds"] < 10


def test_one_who_waits_is_told_how_many_are_ahead(source):
    async def scene(core):
        source.may_go.clear()
        core.submit(spec(seed=1), "a")
        run = core.submit(spec(seed=2), "b")
        async with contextlib.aclosing(core.watch(run.run_id, -1)) as events:
            return await anext(events)

    told = play(scene, source)
    assert names([told]) == ["waiting"]
    assert json.loads(told.split(b"data: ")[1]) == {"ahead": 1}


def test_sixty_four_viewers_of_one_run_cost_the_rows_of_one(source):
    async def scene(core):
        runs = [core.submit(spec(steps=20), f"learner {n}") for n in range(64)]
        assert len({run.run_id for run in runs}) == 1
        seen = await asyncio.gather(*(watch(core, run.run_id) for run in runs))
        return seen, core.report()

    seen, report = play(scene, source)
    assert all(one[-22:] == ["frame"] * 21 + ["done"] for one in seen)
    assert report["network_rows"] / 20 <= 1.05
    assert sum(source.batches) == report["network_rows"]
    assert (report["runs"], report["viewers"]) == ({"done": 1}, 0)


def test_a_finished_run_is_read_again_without_a_call(source):
    async def scene(core):
        run = core.submit(spec(), "a")
        await watch(core, run.run_id)
        calls = len(source.batches)
        assert core.submit(spec(), "b") is run
        assert await watch(core, run.run_id, after=2) == ["frame", "frame", "done"]
        return len(source.batches) - calls

    assert play(scene, source) == 0


def test_runs_of_several_share_calls(source):
    async def scene(core):
        source.may_go.clear()
        runs = [core.submit(spec(seed=n), f"learner {n}") for n in range(6)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        source.may_go.set()
        await asyncio.gather(*watching)

    play(scene, source)
    assert sum(source.batches) == 6 * 4
    assert len(source.batches) <= 4 + 4


def test_a_full_engine_refuses_new_runs_but_not_those_it_has(source):
    async def scene(core):
        source.may_go.clear()
        runs = [core.submit(spec(seed=seed), f"{seed}") for seed in range(3)]
        with pytest.raises(TryLater) as refused:
            core.submit(spec(seed=3), "b")
        assert core.submit(spec(seed=2), "b") is runs[2]
        return refused.value.retry_after_s

    assert play(scene, source, RunTable(max_live=3)) > 0


def test_a_request_that_cannot_be_is_refused_and_starts_nothing(source):
    async def scene(core):
        for wrong in ({"sampler": "none"}, {"label": 3}, {"model": "none"}, {"count": 16, "steps": 1000}):
            with pytest.raises(InvalidRequest) as refused:
                core.submit(replace(spec(), **wrong), "a")
            assert refused.value.field in wrong
        with pytest.raises(NotFound):
            core.watch("none", -1)
        with pytest.raises(NotFound):
            core.withdraw("none")
        return core.report()["runs"]

    assert play(scene, source) == {}


def test_a_run_that_waits_joins_at_the_next_call_and_nobody_waits_for_a_full_batch(source):
    source.pause_s = 0.02

    async def scene(core):
        first = core.submit(spec(steps=50), "a")
        await until(lambda: len(first.log.frames) >= 3)
        second = core.submit(spec(seed=1, steps=50), "b")
        before = len(first.log.frames)
        await until(lambda: second.log.frames)
        return len(first.log.frames) - before

    assert play(scene, source) <= 3
