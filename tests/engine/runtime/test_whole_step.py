"""A whole step on fixed tensors makes what a tick makes, whatever shares it and however it is filled up."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app.diffusion.denoiser import network_rows
from app.diffusion.samplers.catalogue import SAMPLERS
from app.engine.runtime.parity import agrees
from app.engine.runtime.step_buffers import FIRST, SECOND, SOURCE, places_of
from app.engine.stepper import tick
from tests.engine.runtime.step_scenes import Remembering, begun, finish_launched, step_runtime
from tests.engine.ticks import facts_of, finish, pixels_of


def of_classes(spec_of):
    """Runs that differ in everything that may differ within a batch."""
    return [
        spec_of(sampler=sampler, steps=steps, count=count, label=label, guidance=guidance, eta=eta, seed=seed)
        for sampler, steps, count, label, guidance, eta, seed in [
            ("ddim", 5, 2, 0, 3.0, 0.0, 1),
            ("ddim", 3, 1, 1, 1.0, 1.0, 2),
            ("ddpm", 6, 3, None, 1.0, 0.0, 3),
            ("dpm_solver_pp", 5, 2, 2, 5.0, 0.0, 5),
            ("heun", 4, 1, 1, 2.0, 0.0, 6),
            ("flow_euler", 5, 1, 0, 0.0, 0.0, 7),
        ]
    ]


def of_prompts(painting_of):
    return [
        painting_of(prompt="night sea", steps=4, seed=1, guidance=2.0, count=2),
        painting_of(prompt="", steps=3, seed=2),
        painting_of(prompt="red hills", negative_prompt="sea", steps=5, seed=3, guidance=1.5, sampler="heun"),
        painting_of(prompt="blue", steps=3, seed=4, guidance=1.0, sampler="ddpm"),
    ]


@pytest.fixture(params=["classes", "prompts"])
def scene(request, tiny, painter, spec_of, painting_of):
    """Give a model and runs of it."""
    if request.param == "classes":
        return tiny, of_classes(spec_of)
    return painter, of_prompts(painting_of)


def assert_same_frames(model, specs, ours, theirs):
    for spec, one, other in zip(specs, ours, theirs, strict=True):
        assert len(one) == len(other) == spec.steps + 1
        difference = pixels_of(model, spec, one) - pixels_of(model, spec, other)
        assert np.abs(difference).max() <= 1, spec
        panes = {"x_t": 0, "x0_hat": 0, "eps_hat": 0}
        assert [facts_of(content) | panes for content in one] == [
            facts_of(content) | panes for content in other
        ]


def test_the_frames_of_runs_that_share_steps_are_those_of_ticks(scene):
    model, specs = scene
    launched = finish_launched(step_runtime(model), begun(model, specs))
    assert_same_frames(model, specs, launched, finish(model, begun(model, specs)))


def test_they_are_the_same_where_every_step_is_a_graph_that_is_filled_up(scene):
    model, specs = scene
    machine = Remembering()
    runtime = step_runtime(model, machine)
    for size in (64, 16):
        runtime.capture(size)
    launched = finish_launched(runtime, begun(model, specs))
    assert machine.replays > 0
    assert_same_frames(model, specs, launched, finish(model, begun(model, specs)))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_runs_state_after_a_step_is_that_after_a_tick(tiny, spec_of, sampler):
    specs = [spec_of(sampler=sampler, steps=3, label=1, guidance=3.0, eta=0.5, count=2, seed=9)]
    ours, theirs = begun(tiny, specs), begun(tiny, specs)
    runtime = step_runtime(tiny)
    while not theirs[0].is_finished:
        runtime.launch(ours)
        tick(tiny.denoiser, theirs)
        for name in ("x_t", "x0_previous", "start"):
            one, other = getattr(ours[0], name), getattr(theirs[0], name)
            # `heun_sigma` multiplies rounding by hundreds.
            largest = max(1.0, other.abs().max().item())
            assert (one - other).abs().max().item() <= (
                1e-3 if sampler == "heun_sigma" else 1e-5
            ) * largest, name
    assert ours[0].is_finished


@pytest.mark.slow
def test_a_step_may_be_followed_by_a_tick_and_the_other_way_round(tiny, spec_of):
    """What falls back from graphs to the plain way goes on where it was."""
    spec = spec_of(sampler="dpm_solver_pp", steps=6, label=2, guidance=2.0, seed=4)
    (mixed,), (plain,) = begun(tiny, [spec]), begun(tiny, [spec])
    runtime = step_runtime(tiny)
    while not plain.is_finished:
        tick(tiny.denoiser, [plain])
        if plain.position % 2:
            runtime.launch([mixed])
        else:
            tick(tiny.denoiser, [mixed])
    torch.testing.assert_close(mixed.x_t, plain.x_t, rtol=1e-4, atol=1e-4)


def test_what_is_left_of_a_larger_step_does_not_show_in_a_smaller_one(tiny, spec_of):
    runtime = step_runtime(tiny)
    runtime.capture(16)
    wide = [spec_of(count=7, label=1, guidance=9.0, seed=1, sampler="ddpm")]
    finish_launched(runtime, begun(tiny, wide))
    narrow = [spec_of(seed=2, steps=3)]
    launched = finish_launched(runtime, begun(tiny, narrow))
    assert_same_frames(tiny, narrow, launched, finish(tiny, begun(tiny, narrow)))


def test_places_are_the_rows_that_the_denoiser_makes():
    condition, negative = torch.tensor([0, 1, 1, 2, 2]), torch.full((5,), 3)
    guidance = torch.tensor([2.0, 1.0, 5.0, 1.0, 0.5])
    rows = network_rows(condition, negative, guidance)
    places = places_of(rows.doubled.numpy(), size=12)
    assert places[: len(rows.source), SOURCE].tolist() == rows.source.tolist()
    assert places[:5, FIRST].tolist() == [0, 1, 2, 3, 4]
    assert places[:5, SECOND].tolist() == [5, 1, 6, 3, 7]
    assert not places[len(rows.source) :, SOURCE].any()
    assert not places[5:, FIRST:].any()


def test_a_bare_call_through_a_step_predicts_what_the_network_does(scene):
    model, _ = scene
    runtime = step_runtime(model)
    assert agrees(runtime, model.eager, model.card, tolerance=1e-5)
    for size in (4, 32):
        runtime.capture(size)
    assert agrees(runtime, model.eager, model.card, tolerance=1e-5)


def test_until_a_step_is_under_way_no_run_is_changed_so_that_it_can_be_made_again(tiny, spec_of):
    """Fresh noise above all: drawn twice, it would lead to other pictures."""
    spec = spec_of(sampler="ddpm", steps=4, seed=3, count=2)
    (run,), (other,) = begun(tiny, [spec]), begun(tiny, [spec])

    class Full(Remembering):
        def fetch(self, pixels):
            raise torch.OutOfMemoryError("CUDA out of memory")

    full, runtime = step_runtime(tiny, Full()), step_runtime(tiny)
    while not run.is_finished:
        with pytest.raises(torch.OutOfMemoryError):
            full.launch([run])
        runtime.launch([run])
        runtime.launch([other])
        assert run.position == other.position
        assert torch.equal(run.x_t, other.x_t)
