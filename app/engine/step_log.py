"""What a run computed, call by call, in half precision; beside the frames, which hold pixels for the eye.

Frames are clipped to bytes. From these numbers a step can be worked out again, and a run can begin where
another one ended. numpy only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.diffusion.plan import Plan

Half = NDArray[np.float16]
"""Pictures of a run: (count, channels, height, width)."""

HALF_BYTES = 2


class StepLog:
    """The pictures of every call of one run: what the network saw, and its estimate as it was used.

    The device thread appends; whoever reads may do so meanwhile. `size` is the bytes taken.
    """

    def __init__(self) -> None:
        self.size = 0
        self._x_t: list[Half] = []
        self._x0_hat: list[Half] = []

    def __len__(self) -> int:
        """Count the calls."""
        return len(self._x0_hat)

    def append(self, x_t: Half, x0_hat: Half) -> None:
        """Add a call: the picture on the run's own path that it started from, and the estimate."""
        self.size += x_t.nbytes + x0_hat.nbytes
        self._x_t.append(x_t)
        self._x0_hat.append(x0_hat)

    def end(self, x_t: Half) -> None:
        """Add the finished picture."""
        self.size += x_t.nbytes
        self._x_t.append(x_t)

    def x_t(self, position: int) -> Half | None:
        """Return what call `position` started from, if known; after the last call, the finished picture."""
        return self._x_t[position] if position < len(self._x_t) else None

    def x0_hat(self, position: int) -> Half:
        """Return the estimate of a call, after guidance and clipping."""
        return self._x0_hat[position]


def log_bytes(plan: Plan, count: int, shape: tuple[int, int, int]) -> int:
    """Say what the log of a finished run takes.

    Args:
        plan: its calls.
        count: its pictures.
        shape: channels, height, width of a picture.
    """
    return (2 * len(plan.calls) + 1) * count * math.prod(shape) * HALF_BYTES
