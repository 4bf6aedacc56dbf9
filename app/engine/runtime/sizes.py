"""Which batch sizes a GPU's step is kept ready for: pure arithmetic on what was measured. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
"""Network rows of a call that may be kept ready; a call of other sizes is filled up to the next one."""

PAYS = 0.97
"""A size, or a way of executing one, is kept if it takes at most such a share of the time otherwise."""


def size_for(rows: int, sizes: Sequence[int]) -> int | None:
    """Return the smallest of `sizes`, in rising order, that holds so many rows; None if none does."""
    return next((size for size in sizes if size >= rows), None)


def paying(seconds: Mapping[int, float]) -> tuple[int, ...]:
    """Return the sizes to keep, in rising order: the largest, and every other that beats filling up.

    Args:
        seconds: by size, how long a call takes.
    """
    kept: list[int] = []
    for size in sorted(seconds, reverse=True):
        if not kept or seconds[size] <= PAYS * seconds[kept[-1]]:
            kept.append(size)
    return tuple(reversed(kept))


def most_rows(seconds: Mapping[int, float], budget_s: float) -> int:
    """Return how many rows a call should have at most: the most that come near the best rate.

    Args:
        seconds: by size, how long a call takes; at least one.
        budget_s: no call should take longer, unless even the smallest does.
    """
    fitting = [size for size in sorted(seconds) if seconds[size] <= budget_s] or [min(seconds)]
    best = max(size / seconds[size] for size in fitting)
    return max(size for size in fitting if size / seconds[size] >= PAYS * best)


def fewer(rows: int) -> int | None:
    """Return the largest size below so many rows; None if there is none."""
    return max((size for size in SIZES if size < rows), default=None)
