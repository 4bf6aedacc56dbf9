from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from app.errors import InvalidRequest
from app.training.data import Pictures
from app.training.judge import JudgeRecipe, divide, look, obtain_judge, train_judge

CPU = torch.device("cpu")
SMALL = JudgeRecipe(width=8, features=6, epochs=5, batch=25, shift=1, held_out=100, required=0.9)


def silent(step: int, steps: int) -> None:
    del step, steps


def test_held_out_pictures_are_not_learnt_from_and_none_is_lost(
    make_bars: Callable[[int, int], Pictures],
) -> None:
    pictures = make_bars(300, 0)
    learnt_from, apart = divide(pictures, SMALL)
    assert (len(learnt_from), len(apart)) == (200, 100)
    together = torch.cat([learnt_from.pixels, apart.pixels]).flatten(1).tolist()
    assert sorted(together) == sorted(pictures.pixels.flatten(1).tolist())


def test_holding_all_pictures_out_is_refused(make_bars: Callable[[int, int], Pictures]) -> None:
    with pytest.raises(InvalidRequest, match="holds 100 training pictures out, but there are only 80"):
        divide(make_bars(80, 0), SMALL)


def test_a_judge_learns_a_simple_set_and_gives_features(
    make_bars: Callable[[int, int], Pictures],
) -> None:
    judge = train_judge(SMALL, make_bars(300, 0), CPU, silent).eval()
    test = make_bars(700, 1)
    opinion = look(judge, test.pixels)
    assert opinion.accuracy(test.labels) > 0.95
    assert opinion.features.shape == (700, 6)


def test_the_same_recipe_trains_the_same_judge(make_bars: Callable[[int, int], Pictures]) -> None:
    recipe = JudgeRecipe(width=8, features=6, epochs=1, batch=50)
    first, second = (train_judge(recipe, make_bars(100, 0), CPU, silent).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_judge_is_kept_and_taken_up_unless_its_pictures_change(
    make_bars: Callable[[int, int], Pictures], tmp_path: Path
) -> None:
    test, steps = make_bars(100, 1), []

    def obtain(seed: int) -> torch.Tensor:
        judge = obtain_judge(
            SMALL, make_bars(300, seed), test, tmp_path, CPU, lambda step, total: steps.append((step, total))
        )
        return look(judge, test.pixels).features

    features = obtain(0)
    assert steps[-1] == (60, 60)
    steps.clear()
    assert torch.equal(obtain(0), features) and not steps
    obtain(2)
    assert steps


def test_a_judge_that_cannot_judge_is_refused(
    make_bars: Callable[[int, int], Pictures], tmp_path: Path
) -> None:
    test = make_bars(100, 1)
    wrong = Pictures(test.pixels, (test.labels + 1) % 4)
    with pytest.raises(InvalidRequest, match="of the test pictures right and 90% are needed"):
        obtain_judge(SMALL, make_bars(200, 0), wrong, tmp_path, CPU, silent)
