from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app.errors import InvalidRequest
from app.training.data import Pictures
from app.training.recipes import Recipe
from app.training.train import train
from app.training.trainer import Trainer, rate_share
from tests.training.tiny import CPU, ignore, tiny


@pytest.fixture
def recipe(make_bars: Callable[[int, int], Pictures]) -> Recipe:
    return tiny(make_bars(30, 0))


def trained(recipe: Recipe, folder: Path, stop_at: int | None = None) -> dict[str, torch.Tensor]:
    trainer = Trainer(recipe, recipe.batches(folder), CPU)
    trainer.resume(folder)
    for step in trainer.run(2, ignore):
        trainer.save(folder)
        if step == stop_at:
            break
    return load_file(folder / "checkpoint.safetensors")


def test_a_resumed_run_is_bit_for_bit_the_uninterrupted_one(recipe: Recipe, tmp_path: Path) -> None:
    whole = trained(recipe, tmp_path / "whole")
    trained(recipe, tmp_path / "cut", stop_at=4)
    resumed = trained(recipe, tmp_path / "cut")
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_training_moves_weights_and_the_average_follows_behind(recipe: Recipe, tmp_path: Path) -> None:
    fresh = Trainer(recipe, recipe.batches(tmp_path), CPU).network.state_dict()
    state = trained(recipe, tmp_path)
    name = "head.weight"
    start, moved, average = fresh[name], state[f"network.{name}"], state[f"average.{name}"]
    assert 0 < float((average - start).norm()) < float((moved - start).norm())


def test_training_learns_something(recipe: Recipe) -> None:
    losses: list[float] = []
    trainer = Trainer(replace(recipe, steps=200), recipe.batches(Path()), CPU)
    for _ in trainer.run(200, lambda progress: losses.append(progress.loss)):
        pass
    assert len(losses) == 200
    assert losses[-1] < 0.6 * losses[0]


def test_another_seed_is_another_run(recipe: Recipe, tmp_path: Path) -> None:
    first, second = (trained(replace(recipe, seed=k), tmp_path / str(k)) for k in (1, 2))
    assert not torch.equal(first["network.head.weight"], second["network.head.weight"])


def test_a_folder_without_a_checkpoint_begins_at_the_start(recipe: Recipe, tmp_path: Path) -> None:
    trainer = Trainer(recipe, recipe.batches(tmp_path), CPU)
    assert trainer.resume(tmp_path) is False and trainer.step == 0


def test_on_a_processor_precision_and_compilation_change_nothing(recipe: Recipe, tmp_path: Path) -> None:
    plain = trained(recipe, tmp_path / "plain")
    fast = trained(replace(recipe, precision="bfloat16", compiled=True), tmp_path / "fast")
    assert plain.keys() == fast.keys()
    assert all(torch.equal(plain[name], fast[name]) for name in plain)


def test_a_trainer_that_takes_up_a_checkpoint_after_steps_of_its_own_is_the_same_run(
    recipe: Recipe, tmp_path: Path
) -> None:
    whole = trained(recipe, tmp_path / "whole")
    trained(recipe, tmp_path / "cut", stop_at=6)
    trainer = Trainer(recipe, recipe.batches(tmp_path), CPU)
    next(trainer.run(3, ignore))
    assert trainer.resume(tmp_path / "cut") and trainer.step == 6
    for _ in trainer.run(10, ignore):
        trainer.save(tmp_path / "cut")
    resumed = load_file(tmp_path / "cut" / "checkpoint.safetensors")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.parametrize("changed", [{"steps": 12}, {"seed": 4}, {"learning_rate": 1e-3}])
def test_the_checkpoint_of_another_recipe_is_refused(
    recipe: Recipe, tmp_path: Path, changed: dict[str, Any]
) -> None:
    trained(recipe, tmp_path, stop_at=4)
    other = replace(recipe, **changed)
    with pytest.raises(InvalidRequest, match=r"another recipe.*move it away"):
        Trainer(other, other.batches(tmp_path), CPU).resume(tmp_path)


def test_how_often_checkpoints_are_kept_is_no_part_of_a_recipe(recipe: Recipe) -> None:
    assert replace(recipe, keep_every=7).identity == recipe.identity


def test_a_recipe_that_learns_from_a_data_set_says_so_when_none_is_given(recipe: Recipe) -> None:
    with pytest.raises(InvalidRequest, match=r"data set: say where it is with --data PATH"):
        recipe.batches(None)


def test_learning_rate_rises_holds_and_falls_to_zero(recipe: Recipe) -> None:
    recipe = replace(recipe, steps=1_000, warmup=100, decay_share=0.4)
    rates = [rate_share(recipe, step) for step in range(1_001)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[:100] == sorted(rates[:100])
    assert all(rate == pytest.approx(1.0) for rate in rates[99:601])
    assert rates[600:] == sorted(rates[600:], reverse=True)
    assert rates[800] == pytest.approx(0.5) and rates[1_000] == pytest.approx(0.0, abs=1e-12)


def test_a_training_run_leaves_a_log_sample_sheets_and_averaged_weights_at_half_precision(
    recipe: Recipe, tmp_path: Path
) -> None:
    sha256 = train(recipe, tmp_path, tmp_path / "run", CPU, ignore, every=5)
    files = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"sheet-000005.png", "sheet-000010.png", "checkpoint.safetensors"} <= files
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [5, 10]
    average = load_file(tmp_path / "run" / "average.safetensors")
    assert {tensor.dtype for tensor in average.values()} == {torch.float16}
    assert len(sha256) == 64


def test_checkpoints_are_as_far_apart_as_the_recipe_says_and_one_is_at_the_end(
    recipe: Recipe, tmp_path: Path
) -> None:
    train(replace(recipe, keep_every=4), tmp_path, tmp_path, CPU, ignore)
    sheets = sorted(path.name for path in tmp_path.glob("sheet-*.png"))
    assert sheets == ["sheet-000004.png", "sheet-000008.png", "sheet-000010.png"]
