"""A judge in training: stopped and resumed it is the same, and it learns what it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.cards import Card
from app.diffusion.judge import judge_pixels
from app.diffusion.pixels import as_bytes
from app.errors import InvalidRequest
from app.training.aspects import Known
from app.training.judging.exam import TIMES, examine, look
from app.training.judging.levels import as_shown, own_path
from app.training.judging.recipes import JudgingRecipe
from app.training.judging.trainer import JudgeTrainer, rate_share, train_to_end
from tests.tiny_model import tiny_card
from tests.training.tiny import CPU, Stopped, ignore, stop_at

RECIPE = JudgingRecipe(
    widths=(8,), blocks=(1,), steps=12, batch=16, warmup=2, shift=0, ema=0.9, keep_every=5, seed=3
)
MakeKnown = Callable[[int, int], Known]


@pytest.fixture
def card() -> Card:
    """The card of a model whose pictures are the bars."""
    return tiny_card().model_copy(update={"shape": (1, 12, 12), "classes": tuple("abcd")})


def test_a_training_that_was_stopped_and_resumed_ends_the_same(
    card: Card, make_known: MakeKnown, tmp_path: Path
) -> None:
    def trainer(recipe: JudgingRecipe = RECIPE) -> JudgeTrainer:
        return JudgeTrainer(recipe, card, make_known(50, 0), CPU)

    whole = train_to_end(trainer(), tmp_path / "whole", ignore).state_dict()
    with pytest.raises(Stopped):
        train_to_end(trainer(), tmp_path / "parts", stop_at(8))
    steps: list[int] = []
    resumed = train_to_end(trainer(), tmp_path / "parts", lambda now: steps.append(now.step)).state_dict()
    assert steps[0] == 6, "it goes on from the checkpoint"
    for name, value in whole.items():
        assert torch.equal(value, resumed[name]), name
    with pytest.raises(InvalidRequest, match="is of another judge"):
        train_to_end(trainer(replace(RECIPE, steps=13)), tmp_path / "parts", ignore)


def test_it_learns_what_clean_and_noisy_pictures_show_and_that_pure_noise_shows_nothing(
    card: Card, make_known: MakeKnown, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, steps=300, batch=32, learning_rate=1e-2)
    judge = train_to_end(JudgeTrainer(recipe, card, make_known(600, 0), CPU), tmp_path, ignore)
    figures = examine(judge, card, make_known(300, 1), CPU, lambda text: None)
    errors = figures["error_class"]
    assert isinstance(errors, list) and len(errors) == len(TIMES)
    assert max(errors[:3]) < 0.05
    assert errors[-1] > errors[2]
    assert figures["sure_right"] > 0.9  # type: ignore[operator]
    level = (torch.full((200,), 0.002), torch.ones(200))
    noise = as_shown(torch.zeros(200, 1, 12, 12), level, torch.Generator().manual_seed(0))
    (rows,) = judge_pixels(judge, as_bytes(noise), *level)
    assert rows.max(dim=1).values.mean() < 0.5


def test_verdicts_of_a_judge_that_always_says_the_same_are_counted_rightly(
    card: Card, make_known: MakeKnown
) -> None:
    judge = JudgeTrainer(RECIPE, card, make_known(50, 0), CPU).average
    for parameter in judge.heads.parameters():
        torch.nn.init.zeros_(parameter)
    last = judge.heads[0]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        last.bias[2] = 10.0
    exam = make_known(700, 1)
    verdicts = look(judge, card, own_path(card), 0.5, exam, CPU)
    share = (exam.shown[:, 0] == 2).double().mean().item()
    assert verdicts.errors == [pytest.approx(1.0 - share)]
    figures = examine(judge, card, exam, CPU, lambda text: None)
    assert (figures["sure"], figures["other_path"], figures["pictures"]) == (1.0, 0.0, 700)
    assert figures["sure_right"] == pytest.approx(share, abs=1e-4)


def test_the_rate_rises_and_falls_to_nothing() -> None:
    assert [rate_share(RECIPE, step) for step in (0, 1, 2)] == [0.5, 1.0, 1.0]
    assert rate_share(RECIPE, RECIPE.steps) == pytest.approx(0.0)
