"""Noisy pictures as a judge is shown them: in every way those that a screen shows of a run."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from app.diffusion.plan import make_plan
from app.diffusion.schedules import SCHEDULES
from app.training.judging.levels import as_shown, draw_scales, other_paths, own_path, scales_at
from app.training.judging.recipes import JudgingRecipe
from tests.tiny_model import tiny_card

CARD = tiny_card()


def drawn(recipe: JudgingRecipe, count: int = 4_000) -> tuple[torch.Tensor, torch.Tensor]:
    return draw_scales(recipe, CARD, count, torch.Generator().manual_seed(0))


def test_pictures_are_clipped_and_rounded_to_bytes() -> None:
    scales = (torch.full((3,), 0.6), torch.full((3,), 0.8))
    shown = as_shown(torch.zeros(3, 1, 8, 8), scales, torch.Generator().manual_seed(0))
    levels = (shown + 1.0) * 127.5
    torch.testing.assert_close(levels, levels.round(), atol=1e-3, rtol=0.0)
    assert shown.min() == -1.0 and shown.max() == 1.0


def test_a_picture_without_noise_stays_as_it_is() -> None:
    x0 = torch.randint(0, 256, (3, 1, 8, 8), generator=torch.Generator().manual_seed(0)) / 127.5 - 1.0
    shown = as_shown(x0, (torch.ones(3), torch.zeros(3)), torch.Generator().manual_seed(0))
    torch.testing.assert_close(shown, x0)


def test_noise_levels_are_those_of_the_frames_of_every_sampler() -> None:
    assert [path.name for path in other_paths(CARD)] == ["flow"]
    for sampler in ("ddim", "flow_euler"):
        for point in make_plan(sampler=sampler, steps=5, model_t_max=CARD.t_max).points:
            path = SCHEDULES["flow"] if sampler == "flow_euler" else own_path(CARD)
            t = own_path(CARD).t_from_sigma(point.noise_scale / point.signal_scale)
            assert scales_at(CARD, path, t) == pytest.approx((point.signal_scale, point.noise_scale))


def test_a_share_is_clean_a_share_on_the_other_path_and_no_level_is_beyond_the_models() -> None:
    signal, noise = drawn(JudgingRecipe(clean_share=0.2, other_share=0.3))
    is_clean = noise == 0.0
    is_other = ((signal + noise - 1.0).abs() < 1e-6) & ~is_clean
    is_own = ((signal.square() + noise.square() - 1.0).abs() < 1e-6) & ~is_clean
    assert is_clean.double().mean().item() == pytest.approx(0.2, abs=0.02)
    assert is_other.double().mean().item() == pytest.approx(0.8 * 0.3, abs=0.02)
    assert (is_clean | is_other | is_own).all()
    times = torch.atan2(noise, signal)[is_own] / (0.5 * math.pi)
    assert times.max() <= CARD.t_max
    assert times.mean().item() == pytest.approx(0.5, abs=0.02)


def test_a_model_on_the_only_other_path_has_none_besides() -> None:
    flow = CARD.model_copy(update={"schedule": "flow"})
    assert other_paths(flow) == []
    signal, noise = draw_scales(
        replace(JudgingRecipe(), other_share=1.0), flow, 50, torch.Generator().manual_seed(0)
    )
    torch.testing.assert_close(signal + noise, torch.ones(50))
