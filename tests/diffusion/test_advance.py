from __future__ import annotations

from collections.abc import Iterable

import jaxtyping
import pytest
import torch

from app.diffusion.advance import advance, row_matrix
from app.diffusion.samplers.row import Row

ROWS = [Row(0.5, 2.0), Row(0.0, 1.0), Row(1.0, -3.0, 0.25, 7.0, 11.0)]


def pictures() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(3, 2, 4, 5, generator=generator) for _ in range(5)]


def advanced(parts: Iterable[torch.Tensor], rows: list[Row]) -> torch.Tensor:
    """Advance by the five pictures that a row has factors for."""
    x_t, x0_hat, x0_hat_previous, noise, start = parts
    return advance(x_t, x0_hat, x0_hat_previous, noise, start, row_matrix(rows))


def test_each_factor_multiplies_the_picture_it_names() -> None:
    one, nothing = torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1)
    row = Row(x_t=2.0, x0_hat=3.0, x0_hat_previous=5.0, noise=7.0, start=11.0)
    for place, expected in enumerate([2.0, 3.0, 5.0, 7.0, 11.0]):
        parts = [one if place == k else nothing for k in range(5)]
        assert advanced(parts, [row]).item() == expected


def test_every_picture_of_a_batch_follows_its_own_row() -> None:
    parts = pictures()
    together = advanced(parts, ROWS)
    for k, row in enumerate(ROWS):
        alone = advanced((part[k : k + 1] for part in parts), [row])
        assert torch.equal(together[k : k + 1], alone)


def test_a_final_row_is_exactly_the_clean_estimate() -> None:
    parts = pictures()
    assert torch.equal(advanced(parts, [Row(0.0, 1.0)] * 3), parts[1])


def test_rows_are_single_precision() -> None:
    assert row_matrix(ROWS).dtype == torch.float32
    assert row_matrix(ROWS).shape == (3, 5)


def test_shapes_are_checked_in_tests() -> None:
    parts = pictures()
    with pytest.raises(jaxtyping.TypeCheckError, match="rows"):
        advanced(parts, ROWS[:2])
