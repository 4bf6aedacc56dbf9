from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from app.diffusion.unet import UNet
from app.training.data import Pictures
from app.training.examples import Examples, draw_examples
from app.training.later_stages import Contrast, Sharpening
from app.training.own_pictures import HalfOwn, half_own
from app.training.recipes import PAINTER, Recipe
from app.training.samples import Setting
from app.training.shipping import training_seconds
from app.training.stage import Contrasted, Stage, cosine_scales, v_of_data
from app.training.train import train
from app.training.trainer import Trainer, TrainingProgress
from tests.training.tiny import CPU, Stopped, ignore, stop_at, tiny

CONTRAST = Contrast(
    rounds=1,
    weight=1.0,
    count=20,
    setting=Setting("ddim", 3, 1.0),
    share=0.6,
    learning_rate=1e-3,
    kernel_rate=1e-2,
    warmup=2,
    ema=0.8,
)
SHARPENING = Sharpening(weight=2.0, poor_share=0.3, share=0.6, learning_rate=1e-3, kernel_rate=1e-2, warmup=2)


@pytest.fixture(scope="module")
def recipe(make_bars: Callable[[int, int], Pictures]) -> Recipe:
    return replace(tiny(make_bars(30, 0)), contrast=CONTRAST)


@pytest.fixture(scope="module")
def uninterrupted(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Train in all three stages without a stop, and give the checksum of the weights."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    recipe = replace(recipe, sharpening=SHARPENING)
    return train(recipe, folder, folder / "whole", CPU, ignore, every=2)


@pytest.fixture
def before(recipe: Recipe) -> UNet:
    torch.manual_seed(5)
    network = UNet(recipe.network)
    torch.nn.init.normal_(network.head.weight, std=0.1)  # an untrained head says 0 to everything
    return network.eval().requires_grad_(False)


class Grey:
    """Batches of pictures of one brightness, all of class 2."""

    def __init__(self, brightness: float, size: int = 8) -> None:
        self.brightness, self.size = brightness, size

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        del step
        return torch.full((self.size, 1, 12, 12), self.brightness), torch.full((self.size,), 2)


def estimate(network: UNet, examples: Examples) -> tuple[Tensor, Tensor]:
    """x_t and what the network makes of it, x0_hat."""
    signal_scale, noise_scale = cosine_scales(examples.t)
    x_t = signal_scale * examples.x0 + noise_scale * examples.eps
    v = network(x_t, examples.t, examples.condition)
    return x_t, signal_scale * x_t - noise_scale * v


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_the_aim_is_led_towards_real_pictures_and_away_from_own_ones(
    recipe: Recipe, before: UNet, weight: float
) -> None:
    examples = draw_examples(replace(recipe, batch=7), recipe.batches(Path()), 0)
    examples = Examples(examples.x0[:7], examples.eps[:7], examples.t[:7], examples.condition[:7])
    signal_scale, noise_scale = cosine_scales(examples.t)
    x_t = signal_scale * examples.x0 + noise_scale * examples.eps
    aim = Contrasted(before, weight)(x_t, examples)
    v_hat, v = before(x_t, examples.t, examples.condition), v_of_data(x_t, examples)
    torch.testing.assert_close(aim[:3], v_hat[:3] + 2 * weight * (v[:3] - v_hat[:3]))
    torch.testing.assert_close(aim[3:], v_hat[3:] - 2 * weight * (v[3:] - v_hat[3:]))
    assert not aim.requires_grad


def test_where_both_are_as_likely_the_aims_mean_is_moved_by_the_difference_of_their_means(
    before: UNet,
) -> None:
    count = 6
    x_t = torch.randn(1, 1, 12, 12).expand(2 * count, -1, -1, -1)  # one noisy picture, many origins
    t, condition = torch.full((2 * count,), 0.4), torch.zeros(2 * count, dtype=torch.long)
    examples = Examples(torch.randn(2 * count, 1, 12, 12), torch.randn(2 * count, 1, 12, 12), t, condition)
    v = v_of_data(x_t, examples)
    moved = v[:count].mean(dim=0) - v[count:].mean(dim=0)
    aim = Contrasted(before, 0.7)(x_t, examples).mean(dim=0)
    torch.testing.assert_close(aim, before(x_t[:1], t[:1], condition[:1])[0] + 0.7 * moved)


def test_a_network_whose_own_pictures_are_too_dark_learns_to_make_brighter_ones(
    recipe: Recipe, before: UNet
) -> None:
    dark, asked = (torch.full((20, 1, 12, 12), 90, dtype=torch.uint8), torch.full((20,), 2))
    batches = HalfOwn(Grey(0.5), dark, asked, recipe.batch, recipe.seed)
    brief = replace(recipe, steps=150, learning_rate=1e-3, kernel_rate=1e-2, decay_share=1.0)
    trainer = Trainer(brief, batches, CPU, Stage(before, Contrasted(before, 1.0)))
    for _ in trainer.run(1_000, ignore):
        pass
    examples = draw_examples(recipe, Grey(0.1), 0)
    brighter = estimate(trainer.average, examples)[1] - estimate(before, examples)[1]
    assert float(brighter.mean()) > 0.05


def test_half_of_a_batch_is_real_and_half_is_own_each_with_its_condition(recipe: Recipe) -> None:
    pixels = torch.arange(20, dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 12, 12)
    batches = HalfOwn(Grey(0.5), pixels, torch.arange(20), 7, seed=3)
    x0, condition = batches.batch(4)
    assert x0.shape == (7, 1, 12, 12) and torch.equal(x0[:3], Grey(0.5, 3).batch(0)[0])
    assert condition[:3].tolist() == [2, 2, 2]
    torch.testing.assert_close(x0[3:, 0, 0, 0], condition[3:] / 127.5 - 1.0)
    assert torch.equal(batches.batch(4)[1], condition)
    assert not torch.equal(batches.batch(5)[1], condition)


def test_own_pictures_are_asked_for_what_real_ones_show_and_are_made_once(
    recipe: Recipe, before: UNet, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    def make(folder: Path) -> tuple[Tensor, Tensor]:
        told.clear()
        real = recipe.batches(folder)
        batches = half_own(before, real, recipe, CONTRAST, 5, folder, lambda *made: told.append(made))
        return batches._pixels, batches._conditions

    pixels, conditions = make(tmp_path)
    assert pixels.shape == (20, 1, 12, 12) and pixels.dtype == torch.uint8
    real = recipe.batches(tmp_path)
    assert torch.equal(conditions, torch.cat([real.batch(step)[1] for step in (5, 6, 7)])[:20])
    assert told[-1] == (20, 20) and told == sorted(told)
    again = make(tmp_path)
    assert torch.equal(again[0], pixels) and not told


def test_the_stages_before_are_the_same_with_and_without_a_third(recipe: Recipe, tmp_path: Path) -> None:
    recipe = replace(recipe, sharpening=SHARPENING)
    three = train(recipe, tmp_path, tmp_path / "three", CPU, ignore)
    two = train(replace(recipe, contrast=None), tmp_path, tmp_path / "two", CPU, ignore)
    assert three != two
    for part in ("", "second-stage"):
        a, b = (load_file(tmp_path / name / part / "checkpoint.safetensors") for name in ("three", "two"))
        assert all(torch.equal(a[name], b[name]) for name in b)


IN_SOAK = [pytest.param(step, marks=pytest.mark.soak) for step in (9, 13, 21)]


@pytest.mark.parametrize("step", [17, *IN_SOAK])
def test_a_training_stopped_in_any_stage_goes_on_as_if_it_had_not(
    recipe: Recipe, uninterrupted: str, tmp_path: Path, step: int
) -> None:
    recipe = replace(recipe, sharpening=SHARPENING)
    with pytest.raises(Stopped):
        train(recipe, tmp_path, tmp_path / "cut", CPU, stop_at(step), every=2)
    assert train(recipe, tmp_path, tmp_path / "cut", CPU, ignore, every=2) == uninterrupted


def test_steps_are_counted_over_all_stages_and_making_pictures_is_told_and_in_the_log(
    recipe: Recipe, tmp_path: Path
) -> None:
    told: list[TrainingProgress] = []
    train(recipe, tmp_path, tmp_path, CPU, told.append, every=4)
    assert [now.step for now in told if not now.beside] == list(range(1, 17)) and recipe.steps_in_all == 16
    beside = [now for now in told if now.beside]
    assert beside[-1].beside == "making own pictures, 20 of 20"
    assert {now.step for now in beside} == {10} and all(math.isnan(now.loss) for now in beside)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [4, 8, 10, 10, 14, 16]
    assert training_seconds(tmp_path) == pytest.approx(sum(entry["took_s"] for entry in log))


def test_a_second_round_contrasts_with_what_the_first_one_makes(recipe: Recipe, tmp_path: Path) -> None:
    twice = replace(recipe, contrast=replace(CONTRAST, rounds=2))
    train(recipe, tmp_path, tmp_path / "once", CPU, ignore)
    train(twice, tmp_path, tmp_path / "twice", CPU, ignore)
    once, first, second = (
        load_file(tmp_path / folder / "checkpoint.safetensors")
        for folder in ("once/third-stage-1", "twice/third-stage-1", "twice/third-stage-2")
    )
    assert all(torch.equal(once[name], first[name]) for name in once)
    assert not torch.equal(first["average.head.weight"], second["average.head.weight"])
    made = [next((tmp_path / "twice" / f"third-stage-{number}").glob("own-*")) for number in (1, 2)]
    assert made[0].name != made[1].name and twice.steps_in_all == 22
    shipped = load_file(tmp_path / "twice" / "average.safetensors")
    for name, tensor in shipped.items():
        ends = first[f"average.{name}"], second[f"average.{name}"]
        torch.testing.assert_close(tensor, ((ends[0] + ends[1]) / 2).half())


def test_own_pictures_of_other_weights_are_not_taken_up(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path, tmp_path, CPU, ignore)
    made = list((tmp_path / "third-stage-1").glob("own-*"))
    checkpoint = tmp_path / "checkpoint.safetensors"
    checkpoint.unlink()
    train(replace(recipe, seed=4), tmp_path, tmp_path / "other", CPU, ignore)
    other = list((tmp_path / "other" / "third-stage-1").glob("own-*"))
    assert len(made) == len(other) == 1 and made[0].name != other[0].name


def test_the_painter_looks_at_itself_as_it_is_measured() -> None:
    contrast = PAINTER.contrast
    assert contrast and contrast.recipe(PAINTER).ema == contrast.ema
    assert contrast.setting.guidance == 1.0 and contrast.setting.grid == "half_rho7"
