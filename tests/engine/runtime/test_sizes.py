"""Which sizes are kept, filled up to, and allowed at most."""

from __future__ import annotations

import pytest

from app.engine.runtime.sizes import SIZES, fewer, most_rows, paying, size_for


@pytest.mark.parametrize(("rows", "size"), [(1, 1), (5, 6), (6, 6), (7, 8), (250, 256), (257, None)])
def test_a_call_is_filled_up_to_the_next_size(rows: int, size: int | None) -> None:
    assert size_for(rows, SIZES) == size


def test_without_any_size_there_is_none_to_fill_up_to() -> None:
    assert size_for(1, ()) is None


def test_a_size_is_kept_only_if_it_beats_filling_up_to_a_larger_one() -> None:
    flat = {1: 1.0, 2: 0.99, 4: 1.0, 8: 1.0}
    assert paying(flat) == (8,)
    assert paying({1: 0.5, 2: 0.98, 4: 1.0, 8: 2.0}) == (1, 4, 8)
    assert paying({size: float(size) for size in SIZES}) == SIZES
    assert paying({}) == ()


def test_a_size_is_compared_with_the_next_one_that_is_kept_not_with_one_that_went() -> None:
    # 2 is no better than 4; 1 is better than 4 by enough, though not than 2.
    assert paying({1: 0.965, 2: 0.99, 4: 1.0}) == (1, 4)


def test_a_call_has_as_many_rows_as_come_near_the_best_rate() -> None:
    assert most_rows({1: 1.0, 2: 1.0, 4: 1.0, 8: 2.0}, budget_s=10.0) == 8
    assert most_rows({1: 1.0, 2: 1.0, 4: 1.0, 8: 2.1}, budget_s=10.0) == 4


def test_no_call_takes_longer_than_the_budget_unless_all_do() -> None:
    seconds = {1: 0.05, 2: 0.05, 4: 0.05, 8: 0.2}
    assert most_rows(seconds, budget_s=0.1) == 4
    assert most_rows({4: 1.0, 8: 1.1}, budget_s=0.1) == 4


@pytest.mark.parametrize(("rows", "limit"), [(1, None), (2, 1), (5, 4), (4, 3), (1000, 256)])
def test_after_a_call_was_too_large_the_next_size_below_is_allowed(rows: int, limit: int | None) -> None:
    assert fewer(rows) == limit
