"""Whole steps as CUDA graphs, held to the plain network: exactly in single precision, closely in bfloat16."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app.engine.conditions import examples
from app.engine.runtime.cuda import StepRuntime
from app.engine.runtime.cuda_machine import CudaMachine
from app.engine.runtime.half import TOLERANCE, halved
from app.engine.runtime.parity import agrees
from app.engine.runtime.sizes import SIZES
from app.engine.trajectory import begin
from tests.engine.runtime.step_scenes import finish_launched
from tests.engine.runtime.test_whole_step import of_classes, of_prompts
from tests.engine.ticks import finish, pixels_of


@pytest.fixture(params=["classes", "prompts"])
def scene(request, on_gpu, spec_of, painting_of):
    if request.param == "classes":
        return on_gpu.get("tiny"), of_classes(spec_of)
    return on_gpu.get("painter"), of_prompts(painting_of)


@pytest.fixture
def exact(monkeypatch):
    """Leave out TF32, which multiplies with ten bits."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    monkeypatch.setattr(torch.backends.cuda.matmul, "allow_tf32", False)


def steps_of(model, device, network=None):
    return StepRuntime(network or model.eager, model.denoiser, model.card, CudaMachine(device))


def differences(model, device, specs, runtime):
    """Compare every pixel of every frame with those of ticks on the same device."""
    ours = finish_launched(runtime, [begin(spec, model.card, device) for spec in specs])
    theirs = finish(model, [begin(spec, model.card, device) for spec in specs])
    pairs = zip(specs, ours, theirs, strict=True)
    return np.concatenate(
        [
            np.abs(pixels_of(model, spec, one) - pixels_of(model, spec, other)).ravel()
            for spec, one, other in pairs
        ]
    )


@pytest.mark.usefixtures("exact")
def test_graphs_in_single_precision_make_the_frames_of_ticks(scene, gpu, note):
    model, specs = scene
    runtime = steps_of(model, gpu)
    for size in (32, 8):
        runtime.capture(size)
    difference = differences(model, gpu, specs, runtime)
    note("largest difference in grey levels", difference.max())
    assert difference.max() <= 1


def test_in_bfloat16_frames_are_close_to_those_of_ticks(scene, gpu, note):
    model, specs = scene
    runtime = steps_of(model, gpu, halved(model.eager.network))
    runtime.capture(32)
    difference = differences(model, gpu, specs, runtime)
    note("mean difference in grey levels", difference.mean())
    note("99th percentile", np.quantile(difference, 0.99))
    assert difference.mean() <= 4


@pytest.mark.usefixtures("exact")
def test_every_size_can_be_captured_and_predicts_what_the_network_does(scene, gpu):
    model, _ = scene
    runtime = steps_of(model, gpu)
    for size in reversed(SIZES):
        runtime.capture(size)
    assert runtime.sizes == SIZES
    batches = (*SIZES, 5, 7, 100)
    assert agrees(runtime, model.eager, model.card, device=gpu, tolerance=1e-3, batches=batches)


def test_every_size_in_bfloat16_agrees_as_far_as_is_allowed(scene, gpu, note):
    model, _ = scene
    runtime = steps_of(model, gpu, halved(model.eager.network))
    for size in reversed(SIZES):
        runtime.capture(size)
    assert agrees(runtime, model.eager, model.card, device=gpu, tolerance=TOLERANCE, batches=SIZES)
    x_t = torch.randn(64, *model.card.shape, generator=torch.Generator().manual_seed(0)).to(gpu)
    given = x_t, torch.linspace(0.05, 0.999, 64).to(gpu), examples(model.card, 64).to(gpu)
    difference = (runtime(*given) - model.eager(*given)).abs()
    note("largest difference of v at 64 rows", difference.max().item())
    note("root mean square", difference.square().mean().sqrt().item())


@pytest.mark.usefixtures("exact")
def test_pixels_that_are_read_late_are_those_of_their_own_step(on_gpu, gpu, spec_of):
    """More steps than there is memory set aside for copies, and none of them read until the end."""
    model = on_gpu.get("tiny")
    runtime = steps_of(model, gpu)
    runtime.capture(16)
    specs = [spec_of(seed=seed, steps=12, count=3) for seed in range(4)]
    ours = [begin(spec, model.card, gpu) for spec in specs]
    launched = [runtime.launch(ours) for _ in range(12)]
    events = [launch.events() for launch in launched]
    theirs = finish(model, [begin(spec, model.card, gpu) for spec in specs])
    for index, spec in enumerate(specs):
        mine = [content for step in events for content in step[index]]
        difference = pixels_of(model, spec, mine) - pixels_of(model, spec, theirs[index])
        assert np.abs(difference).max() <= 1


@pytest.mark.usefixtures("exact")
def test_steps_that_follow_each_other_at_once_do_not_read_each_others_numbers(on_gpu, gpu, spec_of):
    """The host is far ahead of the device: what it fills in next must not reach a step that still waits."""
    model = on_gpu.get("tiny")
    runtime = steps_of(model, gpu)
    runtime.capture(64)
    specs = [spec_of(seed=seed, steps=60, sampler="ddpm", label=1, guidance=3.0) for seed in range(20)]
    difference = differences(model, gpu, specs, runtime)
    assert difference.max() <= 1


def test_a_run_alone_and_among_others_differ_by_rounding_alone(scene, gpu, note):
    model, specs = scene
    runtime = steps_of(model, gpu, halved(model.eager.network))
    for size in (32, 8, 2):
        runtime.capture(size)
    together = finish_launched(runtime, [begin(spec, model.card, gpu) for spec in specs])
    alone = [finish_launched(runtime, [begin(spec, model.card, gpu)])[0] for spec in specs]
    difference = np.concatenate(
        [
            np.abs(pixels_of(model, spec, one) - pixels_of(model, spec, other)).ravel()
            for spec, one, other in zip(specs, together, alone, strict=True)
        ]
    )
    note("mean difference in grey levels", difference.mean())
    note("largest difference in grey levels", difference.max())
    assert difference.mean() <= 4
