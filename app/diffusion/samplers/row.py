"""The form that every sampler shares: one step is a row of numbers.

`x_next = x_t_factor * x_t + x0_hat_factor * x0_hat + x0_hat_previous_factor * x0_hat_previous
+ noise_factor * noise + start_factor * start`

A sampler turns the scales at both ends of a step into such rows, one per network call. It never holds
the model, so runs with different samplers can be advanced together, by `advance.py`. No torch here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """What a sampler may know of a step from t to t_next < t.

    Args:
        signal_scale: at t; positive.
        noise_scale: at t; positive.
        signal_scale_next: at t_next.
        noise_scale_next: at t_next; 0 on the step that ends at the clean picture.
        sigma_previous: sigma at the start of the step before this one; None on the first step.
    """

    signal_scale: float
    noise_scale: float
    signal_scale_next: float
    noise_scale_next: float
    sigma_previous: float | None = None

    @property
    def sigma(self) -> float:
        """Noise for one unit of signal at t."""
        return self.noise_scale / self.signal_scale

    @property
    def sigma_next(self) -> float:
        """Noise for one unit of signal at t_next."""
        return self.noise_scale_next / self.signal_scale_next

    @property
    def sigma_ratio(self) -> float:
        """sigma_next / sigma, the share of the noise level that this step leaves; 0 on the last step."""
        return self.sigma_next / self.sigma

    @property
    def angle(self) -> float:
        """atan(sigma) at t: pi / 2 for nothing but noise, 0 for the clean picture."""
        return math.atan2(self.noise_scale, self.signal_scale)

    @property
    def angle_next(self) -> float:
        """atan(sigma) at t_next."""
        return math.atan2(self.noise_scale_next, self.signal_scale_next)

    @property
    def size(self) -> float:
        """sqrt(signal_scale^2 + noise_scale^2) at t: 1 where variance is preserved."""
        return math.hypot(self.signal_scale, self.noise_scale)

    @property
    def size_next(self) -> float:
        """The same at t_next."""
        return math.hypot(self.signal_scale_next, self.noise_scale_next)

    @property
    def is_last(self) -> bool:
        """The step ends at the clean picture."""
        return self.noise_scale_next == 0.0

    @property
    def log_sigma_drop(self) -> float:
        """H = ln(sigma / sigma_next); infinite on the last step."""
        return math.inf if self.is_last else -math.log(self.sigma_ratio)


@dataclass(frozen=True)
class Row:
    """The numbers that carry x_t to x_next; the fields name what each one multiplies.

    `start` is the picture at the start of the step, kept while a two-call sampler is half way.
    """

    x_t: float
    x0_hat: float
    x0_hat_previous: float = 0.0
    noise: float = 0.0
    start: float = 0.0
