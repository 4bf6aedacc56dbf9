from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from app.diffusion.unet import UNet
from app.errors import InvalidRequest
from app.training.data import Pictures
from app.training.examples import draw_examples
from app.training.later_stages import Sharpening
from app.training.recipes import PAINTER, Recipe
from app.training.shipping import training_seconds
from app.training.stage import Autoguided, Stage, cosine_scales
from app.training.train import train
from app.training.trainer import Trainer, rate_share
from tests.training.tiny import CPU, Stopped, ignore, stop_at, tiny

SHARPENING = Sharpening(weight=2.0, poor_share=0.3, share=0.6, learning_rate=1e-3, kernel_rate=1e-2, warmup=2)


@pytest.fixture(scope="module")
def recipe(make_bars: Callable[[int, int], Pictures]) -> Recipe:
    return replace(tiny(make_bars(30, 0)), sharpening=SHARPENING)


@pytest.fixture(scope="module")
def uninterrupted(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Train in both stages without a stop, and give the checksum of the weights."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    return train(recipe, folder, folder / "whole", CPU, ignore, every=2)


def weights(path: Path) -> dict[str, Tensor]:
    return load_file(path / "average.safetensors")


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def noisy(recipe: Recipe, work: Path) -> tuple[Tensor, Tensor, Tensor]:
    examples = draw_examples(recipe, recipe.batches(work), 1_000)
    signal_scale, noise_scale = cosine_scales(examples.t)
    return signal_scale * examples.x0 + noise_scale * examples.eps, examples.t, examples.condition


def network(recipe: Recipe, state: dict[str, Tensor]) -> UNet:
    made = UNet(recipe.network)
    made.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return made.eval().requires_grad_(False)


def test_the_aim_is_led_away_from_the_poorer_version(recipe: Recipe) -> None:
    torch.manual_seed(5)
    good, poor = (UNet(recipe.network) for _ in range(2))
    for each in (good, poor):  # an untrained head says 0 to everything
        torch.nn.init.normal_(each.head.weight)
    examples = draw_examples(recipe, recipe.batches(Path()), 0)
    shown = examples.x0, examples.t, examples.condition
    with torch.no_grad():
        expected = 2.5 * good(*shown) - 1.5 * poor(*shown)
    aim = Autoguided(good, poor, 2.5)(examples.x0, examples)
    assert not aim.requires_grad
    torch.testing.assert_close(aim, expected)
    torch.testing.assert_close(
        Autoguided(good, poor, 1.0)(examples.x0, examples), good(*shown).detach(), rtol=0, atol=0
    )


@pytest.mark.soak
def test_the_second_stage_learns_what_the_two_networks_say_together(recipe: Recipe, tmp_path: Path) -> None:
    sharpening = replace(SHARPENING, share=2.0)
    recipe = replace(recipe, steps=100, sharpening=sharpening)
    train(recipe, tmp_path, tmp_path, CPU, ignore, every=100)
    first = load_file(tmp_path / "checkpoint.safetensors")
    good = network(recipe, {n[8:]: t for n, t in first.items() if n.startswith("average.")})
    poor = network(recipe, load_file(tmp_path / "poor.safetensors"))
    learnt = network(recipe, weights(tmp_path))
    shown = noisy(recipe, tmp_path)
    aim = 2.0 * good(*shown) - poor(*shown)
    assert float((learnt(*shown) - aim).norm()) < 0.8 * float((good(*shown) - aim).norm())


def test_the_first_stage_is_the_same_with_and_without_a_second(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path, tmp_path / "both", CPU, ignore)
    train(replace(recipe, sharpening=None), tmp_path, tmp_path / "one", CPU, ignore)
    both, one = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("both", "one"))
    assert same(both, one)
    assert not same(weights(tmp_path / "both"), weights(tmp_path / "one"))
    assert not (tmp_path / "one" / "poor.safetensors").exists()


def test_the_poorer_version_is_the_average_of_its_step(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path, tmp_path, CPU, ignore)
    trainer = Trainer(recipe, recipe.batches(tmp_path), CPU)
    assert recipe.poor_step == 3
    next(trainer.run(3, ignore))
    average = {name: tensor.half() for name, tensor in trainer.average.state_dict().items()}
    assert same(load_file(tmp_path / "poor.safetensors"), average)


IN_SOAK = [pytest.param(step, marks=pytest.mark.soak) for step in (2, 9, 11, 15)]


@pytest.mark.parametrize("step", [5, 13, *IN_SOAK])
def test_a_training_stopped_in_either_stage_goes_on_as_if_it_had_not(
    recipe: Recipe, uninterrupted: str, tmp_path: Path, step: int
) -> None:
    with pytest.raises(Stopped):
        train(recipe, tmp_path, tmp_path / "cut", CPU, stop_at(step), every=2)
    assert not (tmp_path / "cut" / "average.safetensors").exists()
    assert train(recipe, tmp_path, tmp_path / "cut", CPU, ignore, every=2) == uninterrupted


def test_steps_are_counted_over_both_stages_and_both_are_in_the_log(recipe: Recipe, tmp_path: Path) -> None:
    steps: list[int] = []
    train(recipe, tmp_path, tmp_path, CPU, lambda progress: steps.append(progress.step), every=5)
    assert steps == list(range(1, 17)) and recipe.steps_in_all == 16
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [3, 5, 10, 15, 16]
    assert training_seconds(tmp_path) == pytest.approx(sum(entry["took_s"] for entry in log))
    assert (tmp_path / "second-stage" / "sheet-000016.png").is_file()


def test_without_the_poorer_version_the_second_stage_says_what_is_missing(
    recipe: Recipe, tmp_path: Path
) -> None:
    train(recipe, tmp_path, tmp_path, CPU, ignore)
    (tmp_path / "poor.safetensors").unlink()
    with pytest.raises(InvalidRequest, match=r"no poor\.safetensors .* step 3 of the first stage"):
        train(recipe, tmp_path, tmp_path, CPU, ignore)


def test_a_second_stage_of_another_first_one_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    first = UNet(recipe.network)
    trainer = Trainer(recipe, recipe.batches(tmp_path), CPU, Stage(first))
    trainer.save(tmp_path)
    assert Trainer(recipe, recipe.batches(tmp_path), CPU, Stage(first)).resume(tmp_path)
    with torch.no_grad():
        first.head.weight.add_(1e-3)
    with pytest.raises(InvalidRequest, match="another recipe"):
        Trainer(recipe, recipe.batches(tmp_path), CPU, Stage(first)).resume(tmp_path)


def test_a_damaged_poorer_version_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path, tmp_path, CPU, ignore)
    save_file({"head.weight": torch.zeros(2)}, tmp_path / "poor.safetensors")
    with pytest.raises(InvalidRequest, match="does not fit"):
        train(recipe, tmp_path, tmp_path, CPU, ignore)


def test_a_training_of_one_step_has_both_stages(recipe: Recipe) -> None:
    shortest = replace(recipe, steps=1)
    assert (shortest.poor_step, shortest.steps_in_all) == (1, 2)
    only_one = replace(shortest, sharpening=None)
    assert (only_one.poor_step, only_one.steps_in_all) == (0, 1)


def test_rates_of_the_second_stage_fall_from_its_start() -> None:
    assert PAINTER.sharpening
    second = PAINTER.sharpening.recipe(PAINTER)
    assert second.learning_rate < PAINTER.learning_rate
    rates = [rate_share(second, step) for step in range(second.warmup, second.steps)]
    assert rates == sorted(rates, reverse=True) and rates[0] > 0.99 and rates[-1] < 0.001
