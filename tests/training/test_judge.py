from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from app.errors import InvalidRequest
from app.training.aspects import UNSAID, Known
from app.training.judge import JudgeRecipe, Opinion, divide, look, obtain_judge, train_judge

CPU = torch.device("cpu")
CLASS = {"class": 4}
SMALL = JudgeRecipe(width=8, features=6, epochs=5, batch=25, shift=1, held_out=100, required=0.9)


def silent(step: int, steps: int) -> None:
    del step, steps


def test_held_out_pictures_are_not_learnt_from_and_none_is_lost(
    make_known: Callable[[int, int], Known],
) -> None:
    pictures = make_known(300, 0)
    learnt_from, apart = divide(pictures, SMALL)
    assert (len(learnt_from), len(apart)) == (200, 100)
    together = torch.cat([learnt_from.pixels, apart.pixels]).flatten(1).tolist()
    assert sorted(together) == sorted(pictures.pixels.flatten(1).tolist())


def test_holding_all_pictures_out_is_refused(make_known: Callable[[int, int], Known]) -> None:
    with pytest.raises(InvalidRequest, match="holds 100 training pictures out, but there are only 80"):
        divide(make_known(80, 0), SMALL)


def test_a_judge_learns_a_simple_set_and_gives_features(
    make_known: Callable[[int, int], Known],
) -> None:
    judge = train_judge(SMALL, CLASS, make_known(300, 0), CPU, silent).eval()
    test = make_known(700, 1)
    opinion = look(judge, test.pixels)
    assert opinion.accuracy(test.shown) > 0.95
    assert opinion.features.shape == (700, 6)


def test_the_same_recipe_trains_the_same_judge(make_known: Callable[[int, int], Known]) -> None:
    recipe = JudgeRecipe(width=8, features=6, epochs=1, batch=50)
    first, second = (
        train_judge(recipe, CLASS, make_known(100, 0), CPU, silent).state_dict() for _ in range(2)
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_judge_is_kept_and_taken_up_unless_its_pictures_change(
    make_known: Callable[[int, int], Known], tmp_path: Path
) -> None:
    test = make_known(100, 1)
    steps: list[tuple[int, int]] = []

    def obtain(seed: int) -> torch.Tensor:
        lessons = make_known(300, seed)
        judge, _ = obtain_judge(SMALL, CLASS, lessons, test, tmp_path, CPU, lambda *step: steps.append(step))
        return look(judge, test.pixels).features

    features = obtain(0)
    assert steps[-1] == (60, 60)
    steps.clear()
    assert torch.equal(obtain(0), features) and not steps
    obtain(2)
    assert steps


def test_a_judge_that_cannot_judge_is_refused(
    make_known: Callable[[int, int], Known], tmp_path: Path
) -> None:
    test = make_known(100, 1)
    wrong = Known(test.pixels, (test.shown + 1) % 4)
    with pytest.raises(
        InvalidRequest, match=r"the right class in .*% of the test pictures and 90% are needed"
    ):
        obtain_judge(SMALL, CLASS, make_known(200, 0), wrong, tmp_path, CPU, silent)


def with_brightness(known: Known) -> Known:
    """Give pictures a second aspect: the noise is dark, or all is lifted by 15."""
    bright = torch.arange(len(known)) % 2
    pixels = known.pixels + 15 * bright[:, None, None, None].to(torch.uint8)
    return Known(pixels, torch.cat([known.shown, bright[:, None]], dim=1))


def test_a_judge_tells_several_aspects_and_has_a_mark_for_each(
    make_known: Callable[[int, int], Known], tmp_path: Path
) -> None:
    lessons, exam = with_brightness(make_known(400, 0)), with_brightness(make_known(100, 1))
    aspects = {"class": 4, "light": 2}
    judge, marks = obtain_judge(SMALL, aspects, lessons, exam, tmp_path, CPU, silent)
    assert list(marks) == ["class", "light"] and min(marks.values()) > 0.9
    assert look(judge, exam.pixels).shown.shape == (100, 2)


def test_one_aspect_that_it_cannot_tell_is_enough_to_refuse_a_judge(
    make_known: Callable[[int, int], Known], tmp_path: Path
) -> None:
    lessons, exam = with_brightness(make_known(400, 0)), with_brightness(make_known(100, 1))
    exam.shown[:, 1] = 1 - exam.shown[:, 1]
    with pytest.raises(InvalidRequest, match="the right light in"):
        obtain_judge(SMALL, {"class": 4, "light": 2}, lessons, exam, tmp_path, CPU, silent)


def test_what_is_left_open_is_agreed_to_and_does_not_count() -> None:
    opinion = Opinion(torch.zeros(2, 1), torch.tensor([[1, 2], [3, 0]]))
    asked = torch.tensor([[1, UNSAID], [2, 0]])
    assert opinion.agrees(asked).tolist() == [[True, True], [False, True]]
    assert opinion.accuracy(asked) == pytest.approx(2 / 3)
