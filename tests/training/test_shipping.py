from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from app.cards import Card, CardFile, read_card, weights_fault
from app.diffusion.checkpoints import load_network, save_weights
from app.diffusion.text import TextConfig
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError, InvalidRequest
from app.prompts import MAX_WORDS
from app.training.card_text import card_text, put_measured
from app.training.landscapes.words import VOCABULARY
from app.training.later_stages import Contrast, Sharpening
from app.training.made_text import Made
from app.training.recipes import DIGITS, PAINTER, Recipe
from app.training.samples import Setting
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


def test_a_target_that_was_not_measured_keeps_its_row() -> None:
    file = read_card(Path(__file__).parents[2] / "models" / "digits")
    figures = {name: value for name, value in file.card.measured.items() if name != "few_steps_ratio"}
    _, body = put_measured(file.card, file.body, figures)
    assert body.count("| not measured |") == 1
    assert "best sampler each | not measured | at most 1.25 |" in body


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
    took = [10.0, 20.0, 5.0, 30.0, 7.0]
    lines = [json.dumps({"step": k, "took_s": value}) for k, value in enumerate(took)]
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n")
    assert training_seconds(tmp_path) == sum(took)


@pytest.fixture
def painter(tmp_path: Path) -> CardFile:
    """A text model as it is shipped, but tiny and untrained."""
    text = TextConfig(tokens=VOCABULARY.size, positions=MAX_WORDS, width=16, layers=1, heads=2)
    network = UNetConfig(
        channels=3, height=32, width=32, widths=(8, 16), blocks=1, heads=2, text=text, attention_levels=(1,)
    )
    torch.manual_seed(0)
    save_weights(UNet(network), tmp_path / "average.safetensors")
    return ship("painter", replace(PAINTER, network=network), tmp_path, tmp_path / "models", MADE)


def test_a_shipped_text_model_reads_back_and_loads(painter: CardFile) -> None:
    card = read_card(painter.folder).card
    assert card == painter.card and weights_fault(painter) is None
    assert (card.classes, card.text) == ((), {"width": 16, "layers": 1, "heads": 2})
    assert card.vocabulary == VOCABULARY
    network = load_network(painter)
    torch.manual_seed(0)
    for name, value in UNet(network.config).state_dict().items():
        assert torch.equal(network.state_dict()[name], value.half().float()), name


def test_the_body_of_a_drawn_model_has_commands_without_data_and_the_pairs_set_apart(
    painter: CardFile,
) -> None:
    assert "`fromnoise train painter`" in painter.body and "--data" not in painter.body
    assert f"at most {MAX_WORDS} words of {VOCABULARY.size - 1}" in painter.body
    assert "thing cactus, terrain snow" in painter.body
    assert "2 heads in the middle and behind every block of level 2, " in painter.body


def obedience(**changed: Any) -> dict[str, Any]:
    """What the card of a prompted model keeps instead of a second opinion."""
    figures = measured(command="fromnoise evaluate painter")
    del figures["second_accuracy_on_test"]
    return figures | {
        "seen_prompts_ratio": 0.98,
        "held_out_prompts_ratio": 0.8,
        "seen_prompts": 600,
        "seen_prompts_interval": [0.96, 0.99],
        "held_out_prompts": 24,
        "held_out_prompts_interval": [0.7, 0.9],
        "attributes": ["time"],
        "attributes_there": [0.987],
        "wrong_colour": [0.01, 0.125],
        "wrong_side": [0.0, 0.25],
        "unasked_for": 0.034,
        "doubled": [0.005, 0.125],
        "doubled_of_drawings": [0.001, 0.002],
        "doubled_interval": [0.09, 0.17],
        "counts_right": 0.9925,
        "pairs": ["cactus and snow"],
        "pairs_obeyed": [18],
        "pairs_asked": [24],
        "sheet": ["a house", "a boat"],
        **changed,
    }


def test_a_prompted_model_s_figures_go_onto_its_card_with_the_sheet(painter: CardFile) -> None:
    file = write_measured(painter.folder, obedience(), sheet=b"PNG")
    assert file.card.measured == obedience()
    assert (file.folder / "sheet.png").read_bytes() == b"PNG"
    for part in (
        "| 0.980 | at least 0.97 | yes |",
        "| 0.800 | at least 0.9 | no |",
        "600 prompts of combinations that training may show (95% interval of the figure: 96.0% to 99.0%)",
        "| time | 98.7% |",
        "| cactus and snow | 18 of 24 | 55% to 88% |",
        "with held-out pairs, its colour is wrong in 12.5% and its side in 25.0%",
        "twice in 0.5% of pictures, which counts as there; where the prompt leaves its side open, in 12.5% "
        "(95% interval 9% to 17%)",
        "sees two in 0.1% and 0.2% of drawings",
        "no word of weather or of a thing, 3.4% show one",
        "right on 99.25% of drawings",
        "](sheet.png)",
        "1. a house\n2. a boat",
    ):
        assert part in file.body, part
    assert "support vector machine" not in file.body


def test_the_body_tells_of_a_second_stage_where_there_is_one(
    recipe: Recipe, work: Path, tmp_path: Path
) -> None:
    assert "second stage" not in ship("digits", recipe, work, tmp_path / "models", MADE).body
    sharpening = Sharpening(
        weight=2.5, poor_share=0.5, share=0.25, learning_rate=1e-4, kernel_rate=1e-3, warmup=7
    )
    two = replace(recipe, steps=4_000, sharpening=sharpening)
    body = ship("digits", two, work, tmp_path / "models", MADE).body
    row = next(line for line in body.splitlines() if line.startswith("| second stage |"))
    for part in (
        "1,000 steps",
        "weight 2.5",
        "after step 2,000",
        "rates 0.001 and 0.0001",
        "7 steps of warm",
    ):
        assert part in row, part


def test_the_body_tells_of_a_third_stage_where_there_is_one(
    recipe: Recipe, work: Path, tmp_path: Path
) -> None:
    contrast = Contrast(
        rounds=3,
        weight=0.5,
        count=9_000,
        setting=Setting("ddim", 7, 1.0),
        share=0.25,
        learning_rate=1e-4,
        kernel_rate=1e-3,
        warmup=7,
        ema=0.97,
    )
    three = replace(recipe, steps=4_000, contrast=contrast, sharpening=PAINTER.sharpening)
    rows = ship("digits", three, work, tmp_path / "models", MADE).body.splitlines()
    second, third = (
        next(row for row in rows if row.startswith(f"| {name} stage |")) for name in ("second", "third")
    )
    assert "autoguidance" in second
    for part in (
        "1,000 steps",
        "9,000 of its own",
        "(ddim, 7 steps, guidance 1, eta 0, grid uniform)",
        "weight 0.5",
        "0.97",
        "rates 0.001 and 0.0001",
    ):
        assert part in third, part
