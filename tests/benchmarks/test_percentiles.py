"""Percentiles by nearest rank."""

from __future__ import annotations

import pytest

from benchmarks.percentiles import percentile


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.95) == 95.0
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 1.0) == 100.0


def test_a_percentile_of_few_values_is_their_largest() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.95) == 3.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 0.0), ([1.0], 1.5)])
def test_what_has_no_percentile_is_refused(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="need at least one value"):
        percentile(values, share)
