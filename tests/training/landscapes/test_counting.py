from __future__ import annotations

from pathlib import Path

import pytest
import torch

from app.training.aspects import UNSAID
from app.training.judge import JudgeRecipe, obtain_judge
from app.training.landscapes.counting import COUNTED, counted, counts, doubled
from app.training.landscapes.drawings import Drawings, any_numbered, obtain_drawings
from app.training.landscapes.obedience import COLOUR, SIDE, THING
from app.training.landscapes.prompts import seen_prompts, side_open_prompts
from app.training.landscapes.scene import NONE


@pytest.fixture
def drawings(tmp_path: Path) -> Drawings:
    return obtain_drawings(counted(5), 40, tmp_path, lambda done, of: None)


def test_pictures_with_odd_numbers_show_their_thing_twice(drawings: Drawings) -> None:
    known = counts(drawings)
    expected = [0 if scene.thing == NONE else 1 + number % 2 for number, scene in enumerate(drawings.scenes)]
    assert known.shown[:, 0].tolist() == expected
    assert set(expected) == {0, 1, 2}


def test_only_the_other_side_changes_when_a_thing_is_there_twice(drawings: Drawings) -> None:
    for number, (scene, pixels) in enumerate(zip(drawings.scenes, drawings.pixels, strict=True)):
        _, once = any_numbered(5, number)
        difference = (pixels.int() - once.int()).abs().double().mean(dim=(0, 1))
        if scene.thing == NONE or number % 2 == 0:
            assert not difference.any()
        else:
            left, right = float(difference[:14].mean()), float(difference[18:].mean())
            own, other = (left, right) if scene.side == "left" else (right, left)
            assert other > 4.0 and own < 0.1 * other


def test_doubles_are_counted_among_pictures_that_are_to_show_a_thing() -> None:
    prompts = seen_prompts(40)
    thing = prompts.asked.shown[:, THING]
    named = (thing != UNSAID).nonzero().squeeze(1)
    assert 30 < len(named) < 40
    painted, drawn = torch.ones(40, 1, dtype=torch.long), torch.ones(40, 1, dtype=torch.long)
    assert doubled(painted, drawn, prompts)["doubled"] == 0.0
    painted[thing == UNSAID] = 2
    painted[named[:3]] = 2
    drawn[named[:1]] = 2
    found = doubled(painted, drawn, prompts)
    assert found["doubled"] == pytest.approx(3 / len(named))
    assert found["doubled_of_drawings"] == pytest.approx(1 / len(named))
    low, high = found["doubled_interval"]
    assert low < found["doubled"] < high


def test_prompts_that_leave_the_side_open_say_all_the_rest() -> None:
    prompts = side_open_prompts(40)
    side, drawn_as = prompts.asked.shown[:, SIDE], prompts.asked.shown
    assert (side == UNSAID).all()
    assert (drawn_as[:, :3] != UNSAID).all()
    named = drawn_as[:, THING] != UNSAID
    assert (drawn_as[named, COLOUR] != UNSAID).all() and named.sum() > 30
    assert not any(word in text.split() for text in prompts.texts for word in ("left", "right"))


@pytest.mark.soak
def test_a_judge_learns_to_count_from_them(tmp_path: Path) -> None:
    lessons, exam = (
        counts(obtain_drawings(counted(seed), count, tmp_path / str(seed), lambda done, of: None))
        for seed, count in ((5, 1_200), (6, 200))
    )
    recipe = JudgeRecipe(width=16, features=16, epochs=6, batch=40, shift=1, required=0.8)
    _, marks = obtain_judge(
        recipe, COUNTED, lessons, exam, tmp_path, torch.device("cpu"), lambda step, steps: None
    )
    assert marks["things"] >= 0.8
