"""Runs of a model of prompts in the core, with attention and without, and which of them share calls."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest
import torch

from app.engine.attention_maps import map_bytes
from app.engine.run import RunStatus
from app.engine.runtime.eager import EagerRuntime
from tests.engine.core_scenes import Source, play, spec, until, watch


class SideBySide:
    """Several models, whose networks can be held up and note by name who is called."""

    device = torch.device("cpu")

    def __init__(self, models, names):
        self.may_go = threading.Event()
        self.calls = []
        self.models = {name: self.noted(models.get(name)) for name in names}

    def noted(self, model):
        def network(x_t, t, condition):
            self.may_go.wait(10)
            self.calls.append(model.card.name)
            return model.denoiser.network(x_t, t, condition)

        return replace(model, denoiser=replace(model.denoiser, network=network))

    def get(self, name):
        return self.models[name]

    def report(self):
        return []


class NotedEager(EagerRuntime):
    """A plain network that notes each of its calls in the same list as its source does."""

    def __init__(self, network, calls):
        super().__init__(network)
        self.calls = calls

    def __call__(self, x_t, t, condition):
        self.calls.append("attention")
        return super().__call__(x_t, t, condition)


@pytest.fixture
def paints(painter):
    """A model of prompts, whose plain network notes when it is called for attention."""
    source = Source(painter)
    source.model = replace(source.model, eager=NotedEager(painter.eager.network, source.batches))
    return source


def painting(**settings):
    return spec(**{"model": "painter"} | settings)


def test_different_prompts_share_calls(paints):
    async def scene(core):
        paints.may_go.clear()
        first = core.submit(painting(guidance=1.0), "learner")
        await until(lambda: first.status is RunStatus.RUNNING)
        prompts = ["sea", "the sea", "night", "blue sea", "hills", "red hills", "forest", "a forest"]
        runs = [core.submit(painting(prompt=prompt, guidance=3.0), prompt) for prompt in prompts]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in (first, *runs)]
        paints.may_go.set()
        return await asyncio.gather(*watching)

    seen = play(scene, paints)
    assert all(one[-1] == "done" for one in seen)
    assert paints.batches == [1, 17, 17, 17, 16]


def test_models_of_classes_and_of_prompts_are_stepped_side_by_side(both_models):
    source = SideBySide(both_models, ("tiny", "painter"))

    async def scene(core):
        asked = [spec(label=1, steps=8), painting(prompt="sea", steps=8)]
        runs = [core.submit(one, f"learner {number}") for number, one in enumerate(asked)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        source.may_go.set()
        return await asyncio.gather(*watching)

    seen = play(scene, source)
    assert [names_of[-10:] for names_of in seen] == [["frame"] * 9 + ["done"]] * 2
    assert (source.calls.count("tiny"), source.calls.count("painter")) == (8, 8)
    for made in range(1, 17):  # the first call may be over before the other run is admitted
        so_far = source.calls[:made]
        assert abs(so_far.count("tiny") - so_far.count("painter")) <= 2, source.calls


def test_a_run_whose_attention_is_shown_leaves_the_others_as_they_are_and_out_of_their_calls(paints):
    shown = painting(prompt="sea", seed=1, count=4, attention=True, steps=8)

    async def scene(core, *requests):
        paints.may_go.clear()
        runs = [core.submit(wanted, f"learner {number}") for number, wanted in enumerate(requests)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in runs]
        paints.may_go.set()
        await asyncio.gather(*watching)
        return [run.log.frames for run in runs], core.report()["network_calls"]

    usual = painting(prompt="night", steps=8)
    (alone,), _ = play(lambda core: scene(core, usual), paints)
    assert paints.batches == [2] * 8
    paints.batches.clear()
    (beside, watched), calls = play(lambda core: scene(core, usual, shown), paints)
    assert beside == alone
    assert [rows for rows in paints.batches if rows != "attention"] == [2] * 8
    assert calls == len(paints.batches) == 16
    assert len(watched) == 9
    assert all(b'"attention":' in content for content in watched)
    assert not any(b'"attention":' in content for content in beside)


@pytest.mark.slow
def test_between_two_calls_of_the_shared_batch_is_at_most_one_for_attention(paints):
    async def scene(core):
        paints.may_go.clear()
        usual = core.submit(painting(prompt="night", steps=12, guidance=1.0), "a")
        await until(lambda: usual.status is RunStatus.RUNNING)
        shown = [core.submit(painting(prompt="sea", seed=n, attention=True), f"b{n}") for n in range(5)]
        watching = [asyncio.create_task(watch(core, run.run_id)) for run in (usual, *shown)]
        paints.may_go.set()
        return await asyncio.gather(*watching)

    assert all(seen[-1] == "done" for seen in play(scene, paints))
    assert paints.batches == [1, *[1, "attention"] * 11, *["attention"] * (5 * 4 - 11)]


@pytest.mark.slow
def test_a_fault_of_a_run_whose_attention_is_shown_ends_only_that_run(paints, capsys):
    async def scene(core):
        usual = core.submit(painting(prompt="night", steps=50), "a")
        paints.model = replace(paints.model, eager=None)
        failed = core.submit(painting(prompt="sea", attention=True), "b")
        return await asyncio.gather(watch(core, usual.run_id), watch(core, failed.run_id))

    usual, failed = play(scene, paints)
    assert (usual[-1], failed[-1]) == ("done", "failed")
    capsys.readouterr()


def test_the_maps_of_attention_are_counted_among_the_frames_that_are_kept(paints):
    async def scene(core):
        return [core.submit(painting(prompt="the sea", attention=shown), "a") for shown in (True, False)]

    shown, usual = play(scene, paints)
    assert shown.run_id != usual.run_id
    maps = map_bytes(shown.spec, paints.model.card.shape)
    assert maps > 2 * 24
    assert shown.frames_bytes - usual.frames_bytes == 5 * maps
