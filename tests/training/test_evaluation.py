from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from app.cards import CardFile, read_card
from app.diffusion.checkpoints import save_weights
from app.diffusion.unet import UNet, UNetConfig
from app.errors import CheckpointError, InvalidRequest
from app.training.agenda import SHORT_CURVE, Options, default_setting
from app.training.bench import EvaluationProgress
from app.training.command import command_line, evaluate_model
from app.training.evaluation import evaluate, figures_of
from app.training.judge import JudgeRecipe
from app.training.made_text import Made
from app.training.recipes import DIGITS
from app.training.shipping import ship

OPTIONS = Options(
    count=40,
    curve_count=20,
    class_count=20,
    curve=(("ddim", 10), ("ddim", 2)),
    sampler="ddim",
    steps=2,
    guidance=1.0,
    batch=10,
    judge=JudgeRecipe(width=4, features=4, epochs=1, held_out=100, required=0.0),
    second_required=0.5,
)


@pytest.fixture
def model(tmp_path: Path) -> CardFile:
    """A model as it is shipped, but tiny and untrained."""
    network = UNetConfig(channels=1, height=28, width=28, widths=(8, 8), blocks=1, heads=1, classes=10)
    torch.manual_seed(0)
    save_weights(UNet(network), tmp_path / "average.safetensors")
    return ship("digits", replace(DIGITS, network=network), tmp_path, tmp_path / "models", Made("here", 1.0))


def measure(
    model: CardFile, data: Path, work: Path, options: Options = OPTIONS
) -> tuple[Any, list[EvaluationProgress]]:
    told: list[EvaluationProgress] = []
    return evaluate(model, data, work, options, told.append), told


def all_calls(model: CardFile) -> int:
    """Calls of the headline, of the defaults, and of the point of the curve that is not the headline."""
    return 40 * 2 + 20 * default_setting(model.card).calls + 20 * 10


def sampled(told: list[EvaluationProgress]) -> int:
    return len([progress for progress in told if progress.stage.startswith("sampling")])


def test_an_evaluation_measures_everything_and_ends_at_all_of_its_calls(
    model: CardFile, data: Path, tmp_path: Path
) -> None:
    result, told = measure(model, data, tmp_path / "work")
    assert (result["headline"]["count"], result["headline"]["steps"]) == (40, 2)
    assert [(point["steps"], point["count"]) for point in result["curve"]] == [(10, 20), (2, 20)]
    assert result["classes"]["steps"] == model.card.defaults.steps
    assert set(result["figures"]) == {
        "frechet_ratio",
        "label_accuracy_ratio",
        "nearest_ratio",
        "near_copies",
        "precision_ratio",
        "recall_ratio",
        "second_opinion",
    }
    json.dumps(result)
    assert told[-1].done == told[-1].total == all_calls(model)
    assert all(before.done <= after.done for before, after in pairwise(told))


def test_an_evaluation_taken_up_samples_nothing_again_and_says_the_same(
    model: CardFile, data: Path, tmp_path: Path
) -> None:
    first, _ = measure(model, data, tmp_path / "work")
    again, told = measure(model, data, tmp_path / "work")
    assert again == first
    assert sampled(told) == 0 and not any("training the judge" in progress.stage for progress in told)


def test_an_evaluation_that_was_stopped_goes_on_where_it_was(
    model: CardFile, data: Path, tmp_path: Path
) -> None:
    whole, _ = measure(model, data, tmp_path / "whole")

    def stop(progress: EvaluationProgress) -> None:
        if progress.done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(model, data, tmp_path / "cut", OPTIONS, stop)
    result, told = measure(model, data, tmp_path / "cut")
    assert {**result, "nearest_sheet": ""} == {**whole, "nearest_sheet": ""}
    assert told[-1].total < all_calls(model)


@pytest.mark.soak
def test_other_weights_are_measured_anew(model: CardFile, data: Path, tmp_path: Path) -> None:
    measure(model, data, tmp_path / "work")
    network = UNet(UNetConfig(1, 28, 28, widths=(8, 8), blocks=1, heads=1, classes=10))
    save_weights(network, tmp_path / "average.safetensors")
    recipe = replace(DIGITS, network=network.config)
    other = ship("digits", recipe, tmp_path, tmp_path / "models", Made("here", 1.0))
    _, told = measure(other, data, tmp_path / "work")
    assert sampled(told) > 0


def test_weights_that_are_not_those_of_the_card_are_refused(
    model: CardFile, data: Path, tmp_path: Path
) -> None:
    model.weights.write_bytes(model.weights.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(CheckpointError, match="not the ones its card describes"):
        measure(model, data, tmp_path)


def test_more_pictures_than_real_ones_are_refused(model: CardFile, data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="150 pictures cannot be compared with 100 real ones"):
        measure(model, data, tmp_path, replace(OPTIONS, count=150))


def test_a_model_without_a_recipe_is_refused(model: CardFile, data: Path, tmp_path: Path) -> None:
    other = replace(model, card=model.card.model_copy(update={"name": "birds"}))
    with pytest.raises(InvalidRequest, match="no recipe named 'birds'; there are: digits"):
        measure(other, data, tmp_path)


def test_a_model_of_a_data_set_needs_its_place(model: CardFile, tmp_path: Path) -> None:
    with pytest.raises(
        InvalidRequest, match="digits learns from a data set: say where it is with --data PATH"
    ):
        evaluate(model, None, tmp_path, OPTIONS, lambda progress: None)


def test_figures_compare_with_the_floor_and_few_steps_with_many_by_the_best_sampler() -> None:
    floor = {"frechet": 2.0, "precision": 0.8, "recall": 0.5, "label_accuracy": 1.0}
    top = {"frechet": 3.0, "precision": 0.6, "recall": 0.4, "label_accuracy": 0.99}
    figures = figures_of(
        {
            "headline": {**top, "nearest_ratio": 1.1, "near_copies": 0.01},
            "headline_floor": floor,
            "judge": {"accuracy_on_test": 0.99},
            "classes": {"class_asked_for": 0.98},
            "curve": [
                {"sampler": sampler, "steps": steps, "frechet": frechet}
                for sampler, steps, frechet in (
                    ("ddim", 10, 9.0),
                    ("ddpm", 10, 5.0),
                    ("heun", 10, 0.1),  # of two calls a step, and not measured at 100
                    ("ddim", 20, 0.1),
                    ("ddim", 100, 4.0),
                    ("ddpm", 100, 8.0),
                )
            ],
        }
    )
    assert figures == pytest.approx(
        {
            "frechet_ratio": 1.5,
            "label_accuracy_ratio": 1.0,
            "few_steps_ratio": 1.25,
            "nearest_ratio": 1.1,
            "near_copies": 0.01,
            "precision_ratio": 0.75,
            "recall_ratio": 0.8,
            "second_opinion": 0.98,
        }
    )


def test_the_command_writes_a_report_and_puts_the_figures_on_the_card(
    model: CardFile, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate_model(model.folder, data, tmp_path / "work", options=OPTIONS)
    file = read_card(model.folder)
    report = json.loads(next((tmp_path / "work").rglob("evaluation.json")).read_text())
    assert file.card.measured["frechet_ratio"] == round(report["figures"]["frechet_ratio"], 4)
    assert file.card.measured["command"] == (
        "fromnoise evaluate digits --data mnist.npz --sampler ddim --steps 2 --guidance 1.0"
    )
    assert "40 pictures: ddim, 2 steps" in file.body
    assert "evaluation.html" in capsys.readouterr().out


def test_the_command_line_names_what_was_chosen() -> None:
    chosen = Options(sampler="dpm_solver_pp", steps=10, guidance=1.5)
    assert command_line("digits", chosen) == (
        "fromnoise evaluate digits --data mnist.npz --sampler dpm_solver_pp --steps 10 --guidance 1.5"
    )
    assert command_line("painter", Options(steps=12, curve=())) == (
        "fromnoise evaluate painter --steps 12 --no-curve"
    )
    assert command_line("painter", Options(curve=SHORT_CURVE)) == "fromnoise evaluate painter --short-curve"
