"""One tick of the engine: frames, facts, rows, and a run among others against the same run alone."""

from __future__ import annotations

import base64
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from app.diffusion.pixels import to_pixels
from app.diffusion.plan import make_plan
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.sampling import sample
from app.diffusion.schedules import fewest_steps
from app.diffusion.seeds import PictureNoise
from app.engine.admission import ANONYMOUS
from app.engine.run_table import LiveRun
from app.engine.stepper import tick
from app.engine.trajectory import Trajectory, begin
from tests.engine.ticks import CPU, Counting, facts_of, finish, frames_of, pixels_of


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_n_steps_give_n_plus_one_frames_in_order_with_their_stages(tiny, spec_of, sampler, steps):
    contents = frames_of(tiny, spec_of(sampler=sampler, steps=steps))
    facts = [facts_of(content) for content in contents]
    assert [content.split(b"\n")[0] for content in contents] == [b"id: %d" % k for k in range(steps + 1)]
    assert [fact["step"] for fact in facts] == list(range(steps + 1))
    stages = {1: ["last"], 2: ["first", "last"], 5: ["first", "middle", "middle", "middle", "last"]}[steps]
    assert [fact["stage"] for fact in facts] == [*stages, "done"]
    assert facts[0]["t"] > facts[-1]["t"] == facts[-1]["noise_scale"] == 0.0
    assert [fact["row"] is None for fact in facts] == [False] * steps + [True]


@pytest.mark.parametrize("sampler", ["heun", "heun_sigma"])
def test_heun_calls_twice_a_step_but_for_the_last_and_shows_no_frame_in_between(tiny, spec_of, sampler):
    facts = [facts_of(content) for content in frames_of(tiny, spec_of(sampler=sampler, steps=4))]
    assert [fact["calls"] for fact in facts] == [0, 2, 4, 6, 7]


def test_the_first_frame_is_the_noise_of_the_seed_and_the_last_shows_the_picture_twice(tiny, spec_of):
    spec = spec_of(seed=3, count=2, steps=3)
    contents = frames_of(tiny, spec)
    pixels = pixels_of(tiny, spec, contents)
    scale = facts_of(contents[0])["noise_scale"]
    noise = torch.stack(
        [torch.from_numpy(PictureNoise(3, index).draw(tiny.card.shape)) for index in range(2)]
    )
    assert np.abs(pixels[0, 0] - to_pixels(scale * noise, noise, noise)[0].numpy()).max() <= 1
    assert np.array_equal(pixels[-1, 0], pixels[-1, 1])
    assert np.array_equal(pixels[-1, 2], pixels[-2, 2])


def test_the_facts_of_a_frame_are_the_arithmetic_that_leads_to_the_next(tiny, spec_of):
    spec = spec_of(steps=4, seed=1)
    contents = frames_of(tiny, spec)
    pixels = pixels_of(tiny, spec, contents) / 127.5 - 1.0
    for content, here, there in zip(contents, pixels, pixels[1:], strict=False):
        facts = facts_of(content)
        assert math.isclose(facts["signal_scale"] ** 2 + facts["noise_scale"] ** 2, 1.0, abs_tol=1e-5)
        assert facts["alpha_bar"] == pytest.approx(facts["signal_scale"] ** 2, abs=1e-5)
        decibels = 20 * math.log10(facts["signal_scale"] / facts["noise_scale"])
        assert facts["snr_db"] == pytest.approx(decibels, abs=0.02)
        row = facts["row"]
        inside = (np.abs(here[0]) < 0.99) & (np.abs(there[0]) < 0.99)  # elsewhere pixels were clipped
        expected = row["x_t"] * here[0] + row["x0_hat"] * here[1]
        assert inside.any()
        assert np.abs(expected - there[0])[inside].max() < 0.03
        x_t = facts["signal_scale"] * here[1] + facts["noise_scale"] * 3.0 * here[2]
        shown = inside & (np.abs(here[2]) < 0.99)
        assert np.abs(x_t - here[0])[shown].max() < 0.03


@pytest.mark.parametrize("grid", ["uniform", "log_snr", "rho7", "half_rho7"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_last_frame_is_the_picture_that_the_plain_loop_makes(tiny, spec_of, sampler, grid):
    steps = max(4, fewest_steps(grid))
    settings = {"sampler": sampler, "steps": steps, "label": 1, "guidance": 3.0, "eta": 0.5, "grid": grid}
    spec = spec_of(seed=7, count=3, **settings)
    plan = make_plan(sampler=sampler, steps=steps, eta=spec.eta, grid=grid)
    noise = [PictureNoise(7, index) for index in range(3)]
    x0 = sample(tiny.denoiser, plan, torch.full((3,), 1), 3.0, noise)
    last = pixels_of(tiny, spec, frames_of(tiny, spec)[-1:])[0, 0]
    assert np.abs(last - to_pixels(x0, x0, x0)[0].numpy()).max() <= 1


def mixture(spec_of):
    """Runs that differ in everything that may differ within a batch."""
    return [
        spec_of(sampler=sampler, steps=steps, count=count, label=label, guidance=guidance, eta=eta, seed=seed)
        for sampler, steps, count, label, guidance, eta, seed in [
            ("ddim", 5, 2, 0, 3.0, 0.0, 1),
            ("ddim", 3, 1, 1, 1.0, 1.0, 2),
            ("ddpm", 6, 3, None, 1.0, 0.0, 3),
            ("ddpm_large", 4, 1, 2, 0.5, 0.0, 4),
            ("dpm_solver_pp", 5, 2, 2, 5.0, 0.0, 5),
            ("heun", 4, 1, 1, 2.0, 0.0, 6),
            ("flow_euler", 5, 1, 0, 0.0, 0.0, 7),
            ("flow_euler", 1, 4, 0, 20.0, 0.0, 8),
        ]
    ]


def test_a_run_among_others_gives_the_same_frames_as_alone(tiny, spec_of):
    specs = mixture(spec_of)
    alone = [frames_of(tiny, spec) for spec in specs]
    # They join one after another, so that each is at another time of its own.
    runs: list[Trajectory] = []
    together: list[list[bytes]] = [[] for _ in specs]
    for spec in specs:
        runs.append(begin(spec, tiny.card, CPU))
        unfinished = [index for index, run in enumerate(runs) if not run.is_finished]
        for index, contents in zip(
            unfinished, tick(tiny.denoiser, [runs[i] for i in unfinished]), strict=True
        ):
            together[index] += contents
    for contents, rest in zip(together, finish(tiny, runs), strict=True):
        contents.extend(rest)
    for spec, one, other in zip(specs, alone, together, strict=True):
        assert len(one) == len(other) == spec.steps + 1
        difference = pixels_of(tiny, spec, one) - pixels_of(tiny, spec, other)
        assert np.abs(difference).max() <= 1, spec
        facts = [[facts_of(c) | {"x_t": 0, "x0_hat": 0, "eps_hat": 0} for c in cs] for cs in (one, other)]
        assert facts[0] == facts[1]


@pytest.mark.parametrize(
    "settings", [{"sampler": "ddpm"}, {"sampler": "ddpm_large"}, {"sampler": "ddim", "eta": 1.0}]
)
def test_fresh_noise_comes_from_the_seed_and_from_each_pictures_own_place(tiny, spec_of, settings):
    first, again = (frames_of(tiny, spec_of(seed=5, count=2, **settings)) for _ in range(2))
    assert first == again
    spec = spec_of(seed=5, count=2, **settings)
    last = pixels_of(tiny, spec, first)[-1, 0]
    assert not np.array_equal(last[0], last[1])
    single = spec_of(seed=5, **settings)
    assert np.abs(pixels_of(tiny, single, frames_of(tiny, single))[-1, 0, 0] - last[0]).max() <= 1
    other = spec_of(seed=6, **settings)
    assert np.abs(pixels_of(tiny, other, frames_of(tiny, other))[-1, 0, 0] - last[0]).max() > 1


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({"count": 3}, 3),
        ({"count": 3, "label": 1, "guidance": 1.0}, 3),
        ({"count": 3, "label": 1, "guidance": 0.0}, 3),
        ({"count": 3, "label": 1, "guidance": 2.0}, 6),
    ],
)
def test_only_guidance_costs_a_second_row_and_a_run_knows_what_it_costs(tiny, spec_of, settings, rows):
    network = Counting(tiny.denoiser.network)
    spec = spec_of(**settings)
    tick(replace(tiny.denoiser, network=network), [begin(spec, tiny.card, CPU)])
    assert network.rows == [rows]
    assert LiveRun("id", spec, ANONYMOUS, 0.0, 0).rows == rows


def test_guidance_zero_ignores_the_class(tiny, spec_of):
    ignoring, plain = spec_of(label=1, guidance=0.0), spec_of()
    assert frames_of(tiny, ignoring) == frames_of(tiny, plain)
    assert frames_of(tiny, spec_of(label=1, guidance=1.0)) != frames_of(tiny, plain)


def test_panes_are_base64_of_count_height_width_channels(tiny, spec_of):
    facts = facts_of(frames_of(tiny, spec_of(count=3))[0])
    for pane in ("x_t", "x0_hat", "eps_hat"):
        assert len(base64.b64decode(facts[pane])) == 3 * 8 * 8 * 1
