from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import InvalidRequest
from app.training.data import Pictures
from app.training.second_judge import fit_second_judge


def test_it_learns_real_pictures_and_tells_right_classes_from_wrong_ones(
    make_bars: Callable[[int, int], Pictures],
) -> None:
    judge = fit_second_judge(make_bars(300, 0), make_bars(100, 1))
    assert judge.accuracy_on_test >= 0.97
    seen = make_bars(100, 2)
    assert judge.accuracy(seen.pixels, seen.labels) >= 0.97
    assert judge.accuracy(seen.pixels, (seen.labels + 1) % 4) <= 0.03


def test_it_refuses_to_judge_when_it_is_wrong_on_real_pictures(
    make_bars: Callable[[int, int], Pictures],
) -> None:
    test = make_bars(100, 1)
    with pytest.raises(InvalidRequest, match="97% are needed"):
        fit_second_judge(make_bars(300, 0), Pictures(test.pixels, (test.labels + 1) % 4))
