"""A finished run judged by the model's judge, on the device thread, between the calls of other runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest
import torch

from app.diffusion.judge import judge_pixels
from app.diffusion.plan import make_plan
from app.engine import core as core_module
from app.engine import judging
from app.engine.frame_events import read_frame
from app.engine.judged import Judged, from_json, to_json
from app.engine.models import Models
from app.engine.run import RunStatus
from app.engine.run_table import RunTable
from app.errors import Conflict, InvalidRequest, NotFound, TryLater
from tests.engine.core_scenes import Source, play, spec, until, watch
from tests.tiny_model import CLASSES, write_judge, write_tiny_model

ASPECTS = {"class": CLASSES, "size": ("small", "large")}


@pytest.fixture(scope="module")
def judged_model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    write_judge(write_tiny_model(folder), ASPECTS)
    return Models(folder, torch.device("cpu"), threads=1).get("tiny")


@pytest.fixture
def judging_source(judged_model):
    return Source(judged_model)


class WatchedJudge:
    """A judge that counts how often it looks, and fails where a test says so."""

    def __init__(self, judge):
        self.judge = judge
        self.looks = 0
        self.faults = []

    def __call__(self, *given):
        self.looks += 1
        if self.faults:
            raise self.faults.pop()
        return self.judge(*given)


@pytest.fixture
def watched(judged_model):
    return WatchedJudge(judged_model.judge)


@pytest.fixture
def watched_source(judged_model, watched):
    return Source(replace(judged_model, judge=watched))


async def finished(core, learner="a", **settings):
    run_id = core.submit(spec(**settings), learner).run_id
    await watch(core, run_id)
    return run_id


def by_hand(model, frames, settings):
    """Judge a run's frames one by one."""
    plan = make_plan(sampler=settings.sampler, steps=settings.steps, eta=settings.eta, grid=settings.grid)
    found = []
    for content, point in zip(frames, plan.points, strict=True):
        pixels = torch.from_numpy(read_frame(content, model.card.shape, settings.count).x_t.copy())
        level = [torch.full((settings.count,), scale) for scale in (point.signal_scale, point.noise_scale)]
        found.append(judge_pixels(model.judge, pixels.permute(0, 3, 1, 2), *level))
    return [torch.stack(rows).numpy() for rows in zip(*found, strict=True)]


@pytest.mark.parametrize("sampler", ["ddim", "heun", "flow_euler"])
def test_every_frame_is_judged_at_its_own_level_and_the_last_one_as_finished(
    judging_source, judged_model, sampler
):
    settings = {"sampler": sampler, "steps": 70, "count": 2, "label": 1}

    async def scene(core):
        run_id = await finished(core, **settings)
        return await core.judged(run_id), core.find(run_id).log.frames

    judged, frames = play(scene, judging_source)
    assert judged.aspects == ASPECTS
    expected = by_hand(judged_model, frames, spec(**settings))
    for (name, rows), alike in zip(judged.probabilities.items(), expected, strict=True):
        assert rows.shape == (71, 2, len(ASPECTS[name]))
        np.testing.assert_allclose(rows, alike, atol=1e-5)
        np.testing.assert_allclose(rows.sum(axis=-1), 1.0, atol=1e-5)


def test_a_run_is_judged_once_for_all_who_ask(watched_source, watched):
    async def scene(core):
        run_id = await finished(core)
        together = await asyncio.gather(*(core.judged(run_id) for _ in range(5)))
        return [*together, await core.judged(run_id)]

    first, *others = play(scene, watched_source)
    assert all(other is first for other in others)
    assert watched.looks == 1


def test_one_who_leaves_does_not_stop_the_judge_for_the_others(judging_source):
    async def scene(core):
        run_id = await finished(core)
        leaving, staying = (asyncio.create_task(core.judged(run_id)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert isinstance(play(scene, judging_source), Judged)


@pytest.mark.slow
def test_the_calls_of_other_runs_go_on_between_the_judges_jobs(judging_source):
    async def scene(core):
        run_id = await finished(core, steps=300, count=4)
        other = core.submit(spec(seed=1, steps=1000), "b")
        watching = asyncio.create_task(watch(core, other.run_id))
        await until(lambda: other.log.frames)
        before = len(other.log.frames)
        await core.judged(run_id)
        between = len(other.log.frames) - before
        watching.cancel()
        return between

    portions = len(list(judging.portions(301, 4)))
    assert portions == 19
    assert play(scene, judging_source) >= portions - 1


def test_a_portion_has_few_pictures_and_every_frame_is_in_one():
    for count in (1, 5, 16, 100):
        cuts = list(judging.portions(77, count))
        assert [index for cut in cuts for index in range(77)[cut]] == list(range(77))
        assert max(len(range(77)[cut]) for cut in cuts) * count <= max(judging.MOST_PICTURES, count)


def test_what_has_not_ended_is_not_judged_and_the_reason_is_said(judging_source):
    async def scene(core):
        judging_source.may_go.clear()
        run = core.submit(spec(steps=5), "a")
        said = []
        for status in (RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.FAILED):
            run.status = status
            with pytest.raises(Conflict) as refused:
                await core.judged(run.run_id)
            said.append(str(refused.value))
        return said

    waiting, running, paused, failed = play(scene, judging_source)
    assert "not begun" in waiting and "not ended" in running and "paused" in paused and "failed" in failed


def test_a_run_that_has_gone_is_not_judged_any_more(judging_source):
    async def scene(core):
        run_id = await finished(core, seed=1)
        await core.judged(run_id)
        await finished(core, seed=2)
        with pytest.raises(NotFound):
            await core.judged(run_id)

    play(scene, judging_source, RunTable(cache_bytes=1))


def test_a_model_without_a_judge_cannot_judge_and_one_with_a_broken_judge_says_so(source, judged_model):
    async def scene(core):
        run_id = core.submit(spec(), "a").run_id
        await core.judged(run_id)

    with pytest.raises(InvalidRequest, match="the model tiny has no judge"):
        play(scene, source)
    broken = replace(judged_model, judge=None, judge_fault="the judge's weights are missing")
    with pytest.raises(TryLater, match="judge's weights are missing"):
        play(scene, Source(broken))


def test_a_judge_that_takes_long_is_asked_again_later(judging_source, monkeypatch):
    monkeypatch.setattr(core_module, "JUDGING_S", 0.0)

    async def scene(core):
        run_id = await finished(core)
        with pytest.raises(TryLater, match="still looking"):
            await core.judged(run_id)
        await until(core.find(run_id).judging.done)
        return await core.judged(run_id)

    assert isinstance(play(scene, judging_source), Judged)


def test_a_judge_that_failed_is_asked_anew(watched_source, watched):
    watched.faults.append(ValueError("once"))

    async def scene(core):
        run_id = await finished(core)
        with pytest.raises(ValueError, match="once"):
            await core.judged(run_id)
        return await core.judged(run_id)

    assert isinstance(play(scene, watched_source), Judged)


def test_what_the_judge_makes_of_a_run_survives_the_wire():
    rows = np.random.default_rng(0).dirichlet(np.ones(3), (4, 2)).astype(np.float32)
    read = from_json(to_json(Judged({"class": CLASSES}, {"class": rows})))
    assert read.aspects == {"class": CLASSES}
    np.testing.assert_array_equal(read.probabilities["class"], rows)
    assert read.probabilities["class"].dtype == np.float32
