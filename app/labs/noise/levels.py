"""Noise levels: their numbers as pages show them, and a schedule's scales at every place of a slider."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.diffusion.schedules import SCHEDULES, Schedule

NO_SIGNAL = 1e-9
"""A signal scale below this is the rounding of 0: the cosine of a right angle is 6e-17 in float64."""

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Level:
    """How much signal and noise there is at one time of one schedule."""

    t: float
    signal_scale: float
    noise_scale: float

    @property
    def sigma(self) -> float:
        """Noise for one unit of signal."""
        return self.noise_scale / self.signal_scale if self.signal_scale else math.inf

    @property
    def snr_db(self) -> float:
        """(signal_scale / noise_scale)^2 in decibels: the ratio of the powers where data have variance 1."""
        if not self.signal_scale:
            return -math.inf
        return 20.0 * math.log10(self.signal_scale / self.noise_scale) if self.noise_scale else math.inf


def level(schedule: Schedule, t: float) -> Level:
    """Return the level of a schedule at a time."""
    signal = schedule.signal_scale(t)
    return Level(t, signal if signal > NO_SIGNAL else 0.0, schedule.noise_scale(t))


def preserves_variance(schedule: Schedule) -> bool:
    """Say whether signal_scale^2 + noise_scale^2 is 1 at all times, so that there is an alpha_bar."""
    times = np.linspace(0.0, 1.0, 101)
    return all(abs(schedule.signal_scale(t) ** 2 + schedule.noise_scale(t) ** 2 - 1.0) < 1e-9 for t in times)


def table(schedule: Schedule, positions: int) -> NDArray[np.float32]:
    """Return signal_scale and noise_scale at even times from 0 to 1, of shape (2, positions + 1)."""
    levels = [level(schedule, position / positions) for position in range(positions + 1)]
    return np.array([[at.signal_scale for at in levels], [at.noise_scale for at in levels]], dtype=np.float32)


def tables(positions: int) -> dict[str, dict[str, object]]:
    """Return every schedule as scripts read it: its scales at even times, and if it keeps the variance."""
    return {
        name: {"scales": encoded(table(schedule, positions)), "preserves": preserves_variance(schedule)}
        for name, schedule in SCHEDULES.items()
    }


def encoded(array: NDArray[np.generic]) -> str:
    """Write an array's bytes, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def figures(value: float, digits: int = 3) -> str:
    """Write a number with a fixed number of digits and a true minus; the infinite ones as signs."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:.{digits}f}".replace("-", MINUS)


def sigma_text(sigma: float) -> str:
    """Write a sigma with about three digits that count."""
    return figures(sigma, 0 if sigma >= 100 else 1 if sigma >= 10 else 3)
