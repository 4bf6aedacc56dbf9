"""Percentiles of a few dozen measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all values do not exceed (nearest rank).

    Args:
        values: at least one.
        share: above 0, up to 1; 0.95 for the 95th percentile.
    """
    if not values or not 0.0 < share <= 1.0:
        raise ValueError(f"need at least one value and a share in (0, 1], got {len(values)} and {share}")
    return sorted(values)[math.ceil(share * len(values)) - 1]
