from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from app.training.data import Epochs, Pictures
from app.training.examples import Examples, draw_examples, draw_times
from app.training.recipes import DIGITS


class Tokens:
    """Pictures with rows of three tokens."""

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(400, 1, 2, 2), torch.full((400, 3), 7 + step)


class Ramps:
    """Pictures that differ from left to right and from each other."""

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        del step
        picture = torch.linspace(-1, 1, 4).expand(1, 3, 4)
        return picture + torch.arange(400)[:, None, None, None], torch.zeros(400, dtype=torch.long)


@pytest.fixture
def epochs(make_bars: Callable[[int, int], Pictures]) -> Epochs:
    return Epochs(make_bars(64, 0), 16, seed=1)


def equal(one: Examples, other: Examples) -> bool:
    pairs = ((one.x0, other.x0), (one.eps, other.eps), (one.t, other.t), (one.condition, other.condition))
    return all(torch.equal(first, second) for first, second in pairs)


def test_a_step_is_always_drawn_the_same_and_no_two_steps_are(epochs: Epochs) -> None:
    recipe = replace(DIGITS, mirror=True)
    first, again, other = (draw_examples(recipe, epochs, step) for step in (5, 5, 6))
    assert equal(first, again)
    assert not torch.equal(first.eps, other.eps) and not torch.equal(first.t, other.t)


def test_about_half_of_the_pictures_are_mirrored_and_only_their_pixels_change() -> None:
    plain = draw_examples(DIGITS, Ramps(), 3)
    mirrored = draw_examples(replace(DIGITS, mirror=True), Ramps(), 3)
    assert torch.equal(plain.eps, mirrored.eps) and torch.equal(plain.t, mirrored.t)
    assert torch.equal(plain.condition, mirrored.condition)
    as_it_was = (mirrored.x0 == plain.x0).flatten(1).all(dim=1)
    turned = (mirrored.x0 == plain.x0.flip(-1)).flatten(1).all(dim=1)
    assert torch.equal(turned, ~as_it_was)
    assert 150 < int(turned.sum()) < 250


def test_other_pictures_are_mirrored_at_another_step() -> None:
    recipe = replace(DIGITS, mirror=True)
    first, again, other = (draw_examples(recipe, Ramps(), step).x0 for step in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_condition_is_left_out_whole_for_about_a_tenth() -> None:
    recipe = replace(DIGITS, network=replace(DIGITS.network, classes=3))
    condition = draw_examples(recipe, Tokens(), 1).condition
    left_out = (condition == 3).all(dim=1)
    assert torch.equal(left_out, (condition == 3).any(dim=1))
    assert 20 < int(left_out.sum()) < 65
    assert (condition[~left_out] == 8).all()


def test_times_reach_both_ends_of_the_range_and_favour_its_middle() -> None:
    recipe = replace(DIGITS, t_max=0.9, uniform_share=0.5)
    t = draw_times(recipe, 20_000, torch.Generator().manual_seed(0)) / 0.9
    assert t.min() >= 0.0 and t.max() <= 1.0
    assert (t < 0.05).float().mean().item() == pytest.approx(0.025 + 0.5 * 0.0016, abs=0.005)
    assert (t > 0.95).float().mean().item() == pytest.approx(0.025 + 0.5 * 0.0016, abs=0.005)
    assert ((t > 0.25) & (t < 0.75)).float().mean() > 0.58
