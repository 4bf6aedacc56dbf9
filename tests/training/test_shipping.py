from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from app.cards import Card, read_card, weights_fault
from app.diffusion.checkpoints import load_network, save_weights
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError, InvalidRequest
from app.training.card_text import Made, card_text
from app.training.recipes import DIGITS, Recipe
from app.training.shipping import ship, training_seconds, write_measured

MADE = Made("two cores", 3_000.0)


@pytest.fixture
def recipe() -> Recipe:
    network = UNetConfig(channels=1, height=28, width=28, widths=(8, 16), blocks=1, heads=2, classes=10)
    return replace(DIGITS, network=network, steps=77)


@pytest.fixture
def work(recipe: Recipe, tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    torch.manual_seed(0)
    save_weights(UNet(recipe.network), folder / "average.safetensors")
    return folder


def measured(**changed: Any) -> dict[str, Any]:
    return {
        "frechet_ratio": 1.25,
        "label_accuracy_ratio": 0.5,
        "sampler": "ddim",
        "steps": 20,
        "guidance": 1.5,
        "calls": 20,
        "count": 10_000,
        "held_out": 10_000,
        "seed": 0,
        "judge_accuracy_on_test": 0.995,
        "second_accuracy_on_test": 0.978,
        "command": 'fromnoise evaluate digits --data "my mnist.npz"',
        **changed,
    }


def test_a_shipped_model_reads_back_and_loads(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    file = ship("digits", recipe, work, tmp_path / "models", MADE)
    card = read_card(tmp_path / "models" / "digits").card
    assert card == file.card
    assert (card.shape, card.classes) == ((1, 28, 28), tuple("0123456789"))
    assert (card.schedule, card.prediction, card.t_max, card.clip) == ("cosine", "v", 0.999, True)
    assert (card.licence, card.data_licence) == ("MIT", "CC BY-SA 3.0")
    assert weights_fault(file) is None
    network = load_network(file)
    torch.manual_seed(0)
    for name, value in UNet(recipe.network).state_dict().items():
        assert torch.equal(network.state_dict()[name], value.half().float()), name


def test_the_body_says_how_it_was_made_and_how_to_make_it_again(
    recipe: Recipe, work: Path, tmp_path: Path
) -> None:
    file = ship("digits", recipe, work, tmp_path / "models", MADE)
    for part in (
        "77 steps of 128 pictures",
        "two cores",
        "50 minutes",
        "fromnoise train digits --data mnist.npz",
        file.card.sha256,
        "CC BY-SA 3.0",
        "Not measured yet.",
    ):
        assert part in file.body, part


def test_figures_go_into_head_and_table_and_replace_the_ones_before(
    recipe: Recipe, work: Path, tmp_path: Path
) -> None:
    folder = ship("digits", recipe, work, tmp_path / "models", MADE).folder
    write_measured(folder, measured(frechet_ratio=9.0))
    before = read_card(folder)
    after = write_measured(folder, measured())
    assert after.card.measured == measured()
    assert after.card.model_copy(update={"measured": {}}) == before.card.model_copy(update={"measured": {}})
    assert "9.000" in before.body and "9.000" not in after.body and "Not measured" not in after.body
    assert "| 1.250 | at most 1.5 | yes |" in after.body
    assert "| 0.500 | at least 0.98 | no |" in after.body
    assert after.body.startswith(before.body.split("<!-- measured")[0])
    assert after.body.endswith(before.body.split("end of measured -->")[1])
    assert weights_fault(after) is None


def test_a_card_whose_table_has_no_place_is_left_as_it_is(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    folder = ship("digits", recipe, work, tmp_path / "models", MADE).folder
    path = folder / "card.md"
    path.write_text(path.read_text().replace("<!-- end of measured -->", ""))
    text = path.read_text()
    with pytest.raises(CheckpointError, match="must hold the lines"):
        write_measured(folder, measured())
    assert path.read_text() == text


def test_text_of_every_kind_survives_the_head(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    file = ship("digits", recipe, work, tmp_path / "models", MADE)
    difficult = 'quotes " and \\ and\nlines\tand Fréchet 図 🙂 +++'
    card = file.card.model_copy(update={"data": difficult, "measured": {"x": 1e-7, "ok": True, "n": [1, 2]}})
    (file.folder / "card.md").write_text(card_text(card, "body\n"), encoding="utf-8")
    assert read_card(file.folder).card == Card.model_validate(card.model_dump())


def test_unfinished_training_is_not_shipped(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="training has not come to its end"):
        ship("digits", recipe, tmp_path, tmp_path / "models", MADE)
    assert not (tmp_path / "models").exists()


def test_weights_of_another_recipe_are_not_shipped(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    other = replace(recipe, network=replace(recipe.network, widths=(16, 16)))
    with pytest.raises(CheckpointError, match="does not fit the recipe"):
        ship("digits", other, work, tmp_path / "models", MADE)


def test_weights_in_single_precision_are_not_shipped(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    save_file(UNet(recipe.network).state_dict(), work / "average.safetensors")
    with pytest.raises(CheckpointError, match=r"half precision, and has torch\.float32"):
        ship("digits", recipe, work, tmp_path / "models", MADE)


def test_a_model_that_nothing_is_known_about_is_refused(recipe: Recipe, work: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no description of 'birds'"):
        ship("birds", recipe, work, tmp_path / "models", MADE)


def test_training_time_adds_up_over_resumptions(tmp_path: Path) -> None:
    assert training_seconds(tmp_path) == 0.0
    seconds = [10.0, 20.0, 5.0, 30.0, 7.0]  # resumed after 20 and after 30
    lines = [json.dumps({"step": k, "seconds": value}) for k, value in enumerate(seconds)]
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n")
    assert training_seconds(tmp_path) == 20.0 + 30.0 + 7.0
