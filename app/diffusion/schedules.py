"""Noise schedules and time grids: how much signal and noise there is at each time. float64, no network.

A schedule gives `signal_scale(t)` and `noise_scale(t)` for `t` in [0, 1], data at 0, and can find the
`t` at which a given `sigma = noise_scale / signal_scale` is reached. Two schedules describe the same
noisy pictures up to a scale wherever their sigmas agree, which is how one network serves them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from app.errors import InvalidRequest


@runtime_checkable
class Schedule(Protocol):
    """Signal and noise over time."""

    name: str

    def signal_scale(self, t: float) -> float:
        """Return the factor on the clean picture at `t` in [0, 1]."""

    def noise_scale(self, t: float) -> float:
        """Return the factor on the noise at `t` in [0, 1]."""

    def t_from_sigma(self, sigma: float) -> float:
        """Return the time at which noise_scale / signal_scale equals `sigma` >= 0."""


class Cosine:
    """Variance-preserving, sigma = tan(pi t / 2); the shipped models are trained on it.

    Reference: Nichol & Dhariwal 2021 (2102.09672) with offset s = 0, in continuous time.
    """

    name = "cosine"

    def signal_scale(self, t: float) -> float:
        """cos(pi t / 2)."""
        return math.cos(0.5 * math.pi * t)

    def noise_scale(self, t: float) -> float:
        """sin(pi t / 2)."""
        return math.sin(0.5 * math.pi * t)

    def t_from_sigma(self, sigma: float) -> float:
        """Invert sigma = tan(pi t / 2)."""
        return 2.0 / math.pi * math.atan(sigma)


class Linear:
    """Variance-preserving with beta(t) rising linearly from 0.1 to 20: DDPM's betas in continuous time.

    Reference: Ho, Jain & Abbeel 2020 (2006.11239); Song et al. 2020 (2011.13456), Eq. 32-33.
    """

    name = "linear"
    beta_min = 0.1
    beta_max = 20.0

    def _log_alpha_bar(self, t: float) -> float:
        return -(self.beta_min * t + 0.5 * (self.beta_max - self.beta_min) * t * t)

    def signal_scale(self, t: float) -> float:
        """Square root of alpha_bar(t)."""
        return math.exp(0.5 * self._log_alpha_bar(t))

    def noise_scale(self, t: float) -> float:
        """Square root of 1 - alpha_bar(t)."""
        return math.sqrt(-math.expm1(self._log_alpha_bar(t)))

    def t_from_sigma(self, sigma: float) -> float:
        """Solve log(1 + sigma^2) = beta_min t + (beta_max - beta_min) t^2 / 2 for t."""
        log_ratio = math.log1p(sigma * sigma)
        slope = self.beta_max - self.beta_min
        root = math.sqrt(self.beta_min**2 + 2.0 * slope * log_ratio)
        return 2.0 * log_ratio / (self.beta_min + root)


class Flow:
    """The straight path x_t = (1 - t) x0 + t eps of flow matching.

    Reference: Lipman et al. 2022 (2210.02747), Liu et al. 2022 (2209.03003); both run t the other way.
    """

    name = "flow"

    def signal_scale(self, t: float) -> float:
        """1 - t."""
        return 1.0 - t

    def noise_scale(self, t: float) -> float:
        """The time itself."""
        return t

    def t_from_sigma(self, sigma: float) -> float:
        """Invert sigma = t / (1 - t)."""
        return sigma / (1.0 + sigma) if sigma < math.inf else 1.0


SCHEDULES: dict[str, Schedule] = {s.name: s for s in (Cosine(), Linear(), Flow())}


def sigma(schedule: Schedule, t: float) -> float:
    """Noise for one unit of signal at `t`; infinite where no signal is left."""
    signal = schedule.signal_scale(t)
    return schedule.noise_scale(t) / signal if signal > 0.0 else math.inf


def uniform_grid(schedule: Schedule, t_max: float, steps: int) -> list[float]:
    """Return steps + 1 times from `t_max` down to 0, equally far apart in t."""
    return [t_max * (steps - k) / steps for k in range(steps + 1)]


def log_snr_grid(schedule: Schedule, t_max: float, steps: int, sigma_min: float = 0.01) -> list[float]:
    """Return steps + 1 times, equally far apart in log(sigma) down to `sigma_min`, then 0.

    It needs 5 steps: see `FEWEST_STEPS`.
    """
    top, bottom = math.log(sigma(schedule, t_max)), math.log(sigma_min)
    inner = [schedule.t_from_sigma(math.exp(top + (bottom - top) * k / (steps - 1))) for k in range(steps)]
    return [t_max, *inner[1:], 0.0]


def rho7_grid(schedule: Schedule, t_max: float, steps: int, sigma_min: float = 0.002) -> list[float]:
    """Return steps + 1 times, equally far apart in sigma^(1/7), then 0.

    It needs 7 steps: see `FEWEST_STEPS`.

    Reference: Karras et al. 2022 (2206.00364), Eq. 5 with rho = 7.
    """
    rho = 7.0
    top, bottom = sigma(schedule, t_max) ** (1 / rho), sigma_min ** (1 / rho)
    inner = [schedule.t_from_sigma((top + (bottom - top) * k / (steps - 1)) ** rho) for k in range(steps)]
    return [t_max, *inner[1:], 0.0]


def half_rho7_grid(schedule: Schedule, t_max: float, steps: int) -> list[float]:
    """Return steps + 1 times, each half way between that of the uniform grid and that of the rho 7 grid.

    Rho 7 alone spends most of its steps where hardly any signal or hardly any noise is left, and with few
    of them leaps over all that lies between; here no step is longer than half of an even one and half of
    that leap.
    """
    if steps == 1:
        return [t_max, 0.0]
    pairs = zip(uniform_grid(schedule, t_max, steps), rho7_grid(schedule, t_max, steps), strict=True)
    return [0.5 * (even + steep) for even, steep in pairs]


Grid = Callable[[Schedule, float, int], list[float]]
GRIDS: dict[str, Grid] = {
    "uniform": uniform_grid,
    "log_snr": log_snr_grid,
    "rho7": rho7_grid,
    "half_rho7": half_rho7_grid,
}

FEWEST_STEPS = {"log_snr": 5, "rho7": 7}
"""The smallest number of steps of a grid, where it is more than one.

These two have a point where hardly any noise is left, however few their steps. Of two steps the first would
lead there straight from pure noise, and with a few more one step still leaps over most of what lies between,
where a second guess makes the picture worse rather than better.
"""


def fewest_steps(grid: str) -> int:
    """Return the smallest number of steps that a grid takes."""
    return FEWEST_STEPS.get(grid, 1)


def check_steps(grid: str, steps: int) -> None:
    """Refuse a number of steps that is too small for a grid of `GRIDS`.

    Raises:
        InvalidRequest: the text says how many the grid needs, and which grids take as few.
    """
    if steps < 1:
        raise InvalidRequest(f"steps must be at least 1, got {steps}", "steps")
    if steps < fewest_steps(grid):
        others = [name for name in GRIDS if steps >= fewest_steps(name)]
        raise InvalidRequest(
            f"the grid {grid} needs at least {fewest_steps(grid)} steps, got {steps}: with fewer, one step "
            f"leaps over most noise levels; take more steps, or one of the grids {', '.join(others)}",
            "steps",
        )


def time_grid(name: str, schedule: Schedule, t_max: float, steps: int) -> list[float]:
    """Return the times of a run: `steps` intervals, so steps + 1 times, from `t_max` down to 0.

    Raises:
        InvalidRequest: an unknown grid, or fewer steps than the grid needs.
    """
    if name not in GRIDS:
        raise InvalidRequest(f"unknown grid {name!r}; allowed: {', '.join(GRIDS)}", "grid")
    check_steps(name, steps)
    return GRIDS[name](schedule, t_max, steps)
