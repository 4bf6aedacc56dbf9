"""One tick for runs with prompts: they share a call, and each is what it would be alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from app.diffusion.pixels import to_pixels
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.admission import ANONYMOUS
from app.engine.run_table import LiveRun
from app.engine.stepper import tick
from app.engine.trajectory import begin
from tests.engine.ticks import CPU, Counting, finish, frames_of, pixels_of


def paintings(painting_of):
    """Runs of sixteen viewers, whose prompts, samplers, steps and guidance all differ."""
    prompts = ["", "sea", "the night over the sea", "red hills", *["a forest"] * 12]
    samplers = ["ddim", "ddpm", "heun", "dpm_solver_pp"] * 4
    return [
        painting_of(
            prompt=prompt,
            negative_prompt=["", "night", "blue"][viewer % 3],
            sampler=sampler,
            steps=3 + viewer % 3,
            guidance=[1.0, 2.0, 3.5][viewer // 2 % 3],
            seed=viewer,
        )
        for viewer, (prompt, sampler) in enumerate(zip(prompts, samplers, strict=True))
    ]


def test_sixteen_runs_with_different_prompts_share_one_call(painter, painting_of):
    network = Counting(painter.denoiser.network)
    runs = [begin(spec, painter.card, CPU) for spec in paintings(painting_of)]
    tick(replace(painter.denoiser, network=network), runs)
    assert network.rows == [sum(run.spec.rows_per_picture for run in runs)]
    assert 16 < network.rows[0] < 32, "some are guided and some are not"


@pytest.mark.slow
def test_a_prompt_among_others_gives_the_same_frames_as_alone(painter, painting_of):
    specs = paintings(painting_of)
    together = finish(painter, [begin(spec, painter.card, CPU) for spec in specs])
    for spec, contents in zip(specs, together, strict=True):
        difference = pixels_of(painter, spec, contents) - pixels_of(painter, spec, frames_of(painter, spec))
        assert np.abs(difference).max() <= 1, spec


@pytest.mark.parametrize(
    ("settings", "wanted", "negative", "guidance"),
    [
        ({"prompt": "sea"}, "sea", "", 1.0),
        ({"prompt": "sea"}, "sea", "", 3.0),
        ({"prompt": "sea", "negative_prompt": "night"}, "sea", "night", 3.0),
        ({"prompt": "sea", "negative_prompt": "night"}, "sea", "night", 1.0),
        ({"prompt": "sea", "negative_prompt": "night"}, "sea", "night", 0.0),
        ({"negative_prompt": "night"}, "", "night", 3.0),
        ({"prompt": "night", "negative_prompt": "night"}, "night", "night", 3.0),
        ({"prompt": "sea"}, "sea", "", 0.0),
    ],
)
def test_a_painting_is_what_the_plain_loop_makes_of_both_prompts(
    painter, painting_of, settings, wanted, negative, guidance
):
    """The plain loop is given everything as it stands, the engine its plainest form."""
    spec = painting_of(seed=7, count=2, steps=3, guidance=guidance, **settings)
    noise = [PictureNoise(7, index) for index in range(2)]
    rows = [torch.tensor([painter.card.vocabulary.read(text).row] * 2) for text in (wanted, negative)]
    plan = make_plan(sampler="ddim", steps=3)
    x0 = sample(painter.denoiser, plan, rows[0], guidance, noise, negative_condition=rows[1])
    last = pixels_of(painter, spec, frames_of(painter, spec)[-1:])[0, 0]
    assert np.abs(last - to_pixels(x0, x0, x0)[0].numpy()).max() <= 1


def test_each_prompt_makes_another_picture(painter, painting_of):
    asked = [
        {},
        {"prompt": "sea"},
        {"prompt": "night"},
        {"prompt": "sea", "negative_prompt": "night"},
        {"prompt": "sea", "negative_prompt": "forest"},
        {"prompt": "sea night"},
        {"prompt": "night sea"},
    ]
    specs = [painting_of(**settings) for settings in asked]
    last = [pixels_of(painter, spec, frames_of(painter, spec)[-1:])[0, 0] for spec in specs]
    for index, one in enumerate(last):
        assert all(np.abs(one - other).max() > 3 for other in last[:index]), asked[index]


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({}, 3),
        ({"prompt": "sea", "guidance": 1.0}, 3),
        ({"prompt": "sea", "negative_prompt": "night", "guidance": 1.0}, 3),
        ({"prompt": "sea", "negative_prompt": "night", "guidance": 0.0}, 3),
        ({"prompt": "sea", "negative_prompt": "ocean", "guidance": 2.0}, 3),
        ({"prompt": "sea", "guidance": 2.0}, 6),
        ({"negative_prompt": "night", "guidance": 2.0}, 6),
    ],
)
def test_only_guidance_between_two_different_prompts_costs_a_second_row(painter, painting_of, settings, rows):
    network = Counting(painter.denoiser.network)
    spec = painting_of(count=3, **settings)
    tick(replace(painter.denoiser, network=network), [begin(spec, painter.card, CPU)])
    assert network.rows == [rows]
    assert LiveRun("id", spec, ANONYMOUS, 0.0, 0).rows == rows
