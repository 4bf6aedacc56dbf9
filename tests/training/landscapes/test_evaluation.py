from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from app.cards import CardFile, read_card
from app.diffusion.checkpoints import save_weights
from app.diffusion.text import TextConfig
from app.diffusion.unet import UNet, UNetConfig
from app.errors import InvalidRequest
from app.prompts import MAX_WORDS
from app.training.agenda import DrawingCounts, Options
from app.training.bench import EvaluationProgress
from app.training.command import evaluate_model, train_model
from app.training.evaluation import evaluate
from app.training.judge import JudgeRecipe
from app.training.landscapes.evaluation_drawings import drawn_evaluation_data
from app.training.landscapes.prompts import SHEET
from app.training.landscapes.scene import ATTRIBUTES, HELD_OUT
from app.training.landscapes.stream import SHOWN, numbered
from app.training.landscapes.words import VOCABULARY
from app.training.made_text import Made
from app.training.recipes import PAINTER
from app.training.shipping import ship

OPTIONS = Options(
    count=24,
    curve_count=12,
    curve=(("ddim", 10), ("ddim", 2)),
    sampler="ddim",
    steps=2,
    guidance=1.0,
    batch=24,
    judge=JudgeRecipe(width=4, features=4, epochs=1, batch=10, required=0.0),
    drawn=DrawingCounts(lessons=20, exam=10, train=30, seen=6, each_pair=1, side_open=5, each_shown=2),
)
SHORT = {"sampler": "ddim", "steps": 2, "guidance": 1.5, "eta": 0.0}


@pytest.fixture
def model(tmp_path: Path) -> CardFile:
    """The painter as it is shipped, but tiny, untrained, and with a default of two steps."""
    text = TextConfig(tokens=VOCABULARY.size, positions=MAX_WORDS, width=8, layers=1, heads=1)
    network = UNetConfig(channels=3, height=32, width=32, widths=(8, 8), blocks=1, heads=1, text=text)
    torch.manual_seed(0)
    save_weights(UNet(network), tmp_path / "average.safetensors")
    recipe = replace(PAINTER, network=network)
    file = ship("painter", recipe, tmp_path, tmp_path / "models", Made("here", 1.0))
    card = file.folder / "card.md"
    card.write_text(
        card.read_text().replace('sampler = "dpm_solver_pp"\nsteps = 20', 'sampler = "ddim"\nsteps = 2')
    )
    return read_card(file.folder)


def measure(model: CardFile, work: Path) -> tuple[Any, list[EvaluationProgress]]:
    told: list[EvaluationProgress] = []
    return evaluate(model, None, work, OPTIONS, told.append), told


def test_everything_is_measured_of_a_prompted_model_and_taken_up_again(
    model: CardFile, tmp_path: Path
) -> None:
    result, told = measure(model, tmp_path / "work")
    assert set(result["figures"]) == {
        "frechet_ratio",
        "label_accuracy_ratio",
        "nearest_ratio",
        "near_copies",
        "precision_ratio",
        "recall_ratio",
        "seen_prompts_ratio",
        "held_out_prompts_ratio",
    }
    assert list(result["judge"]["marks"]) == list(ATTRIBUTES)
    assert (result["seen"]["asked"], result["held_out"]["asked"]) == (6, len(HELD_OUT))
    assert all(0.0 <= result[name]["doubled"] <= 1.0 for name in ("seen", "held_out", "side_open"))
    assert {name: result["seen"][name] for name in SHORT} == SHORT
    sheet = Image.open(io.BytesIO(Path(result["sheet"]["path"]).read_bytes()))
    assert sheet.size == (3 * (2 * 34 - 2), 3 * (len(SHEET) * 34 - 2))
    calls = 24 * 2 + 12 * 10 + (6 + len(HELD_OUT) + 5 + 2 * len(SHEET)) * 2 * 2
    assert told[-1].done == told[-1].total == calls
    json.dumps(result)

    again, told = measure(model, tmp_path / "work")
    assert again == result
    assert not any("sampling" in now.stage or "training" in now.stage for now in told)


def test_the_command_puts_figures_and_sheet_beside_each_other(
    model: CardFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate_model(model.folder, None, tmp_path / "work", options=OPTIONS)
    file = read_card(model.folder)
    assert file.card.measured["command"] == (
        "fromnoise evaluate painter --sampler ddim --steps 2 --guidance 1.0"
    )
    assert file.card.measured["pairs_asked"] == [1] * len(HELD_OUT)
    assert (file.folder / "sheet.png").is_file() and f"1. {SHEET[0]}\n" in file.body
    assert "24 pictures: ddim, 2 steps" in file.body
    assert "evaluation.html" in capsys.readouterr().out


def test_a_data_set_for_a_model_that_needs_none_is_refused(model: CardFile, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"painter learns from pictures that are drawn.*leave it out"):
        evaluate(model, tmp_path / "mnist.npz", tmp_path, OPTIONS, lambda now: None)
    with pytest.raises(InvalidRequest, match="leave it out"):
        train_model("painter", tmp_path / "mnist.npz", tmp_path)


def test_real_pictures_are_those_of_training_and_others_that_it_never_saw(tmp_path: Path) -> None:
    evaluation_data = drawn_evaluation_data(PAINTER, OPTIONS, tmp_path, lambda stage: None)
    left_the_pool = (PAINTER.steps_in_all - 1) * PAINTER.batch // SHOWN
    assert torch.equal(evaluation_data.train.pixels[29], numbered(PAINTER.seed, left_the_pool - 1)[1])
    sets = (
        evaluation_data.lessons,
        evaluation_data.exam,
        evaluation_data.train,
        evaluation_data.test,
        evaluation_data.floor,
    )
    together = torch.cat([known.pixels for known in sets]).flatten(1)
    assert len(together.unique(dim=0)) == 20 + 10 + 30 + 24 + 24


def test_captions_ask_for_what_the_floor_shows(tmp_path: Path) -> None:
    evaluation_data = drawn_evaluation_data(PAINTER, OPTIONS, tmp_path, lambda stage: None)
    said = evaluation_data.asked.shown >= 0
    assert torch.equal(evaluation_data.asked.shown[said], evaluation_data.floor.shown[said])
    assert 0.4 < said.double().mean() < 0.9
    assert evaluation_data.asked.condition.shape == (24, MAX_WORDS)
