"""The rules that join two settings: as they are kept, and as authors are told of them."""

from __future__ import annotations

import re

import pytest

from app.controls.table import broken_rules, rules_in_words
from app.diffusion.schedules import GRIDS


def rule(start: str) -> str:
    (found,) = (rule for rule in rules_in_words() if rule.startswith(start))
    return found


def is_broken(count: int = 1, steps: int = 1, grid: str = "uniform", attention: bool = False) -> bool:
    return bool(list(broken_rules(count, steps, grid, attention)))


@pytest.mark.parametrize("grid", GRIDS)
def test_the_fewest_steps_of_each_grid_are_those_that_authors_are_told(grid: str) -> None:
    told = {name: int(number) for number, name in re.findall(r"(\d+) for `(\w+)`", rule("Fewest"))}
    fewest = told.get(grid, 1)
    assert not is_broken(steps=fewest, grid=grid)
    assert is_broken(steps=fewest - 1, grid=grid)


def test_the_most_pictures_and_steps_are_those_that_authors_are_told() -> None:
    (most,) = map(int, re.findall(r"\d+", rule("`count` times `steps`")))
    assert not is_broken(count=16, steps=most // 16)
    assert is_broken(count=16, steps=most // 16 + 1)


def test_the_most_pictures_with_attention_are_those_that_authors_are_told() -> None:
    (most,) = map(int, re.findall(r"\d+", rule("With `attention`")))
    assert not is_broken(count=most, attention=True)
    assert is_broken(count=most + 1, attention=True)
    assert not is_broken(count=most + 1)
