"""Ancestral sampling: remove some noise, then put a little fresh noise back."""

from __future__ import annotations

import math

from app.diffusion.samplers.row import Row, Step


def ddpm(step: Step, variance: str = "small") -> Row:
    """Draw x_next from a Gaussian around a mean between x0_hat and x_t.

    Args:
        step: both ends of the step, on any schedule.
        variance: "small" is the posterior variance given x0 (beta-tilde), "large" the forward one (beta).

    Reference: Ho, Jain & Abbeel 2020 (2006.11239), Eq. 7, section 3.2 and Algorithm 2, written with
    signal and noise scales so that it holds for any schedule and any spacing of the steps.
    """
    ratio = step.sigma_ratio
    removed = 1.0 - ratio**2  # the share of the noise variance that this step removes
    spread = step.noise_scale if variance == "large" else step.noise_scale_next
    return Row(
        x0_hat=step.signal_scale_next * removed,
        x_t=step.noise_scale_next / step.noise_scale * ratio,
        noise=0.0 if step.is_last else spread * math.sqrt(removed),
    )
