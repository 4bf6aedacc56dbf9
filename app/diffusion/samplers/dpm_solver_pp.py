"""DPM-Solver++(2M): a second-order step that reuses the estimate of the step before."""

from __future__ import annotations

import math

from app.diffusion.samplers.row import Row, Step


def dpm_solver_pp_2m(step: Step) -> Row:
    """Extrapolate x0_hat from this step and the one before, then move as DDIM does.

    The first step knows nothing before it and the last one ends at sigma = 0: both are of order 1.

    Reference: Lu et al. 2022 (2211.01095), Algorithm 2, in data prediction.
    """
    toward_x0 = step.signal_scale_next * (1.0 - step.sigma_ratio)
    keep = step.noise_scale_next / step.noise_scale
    if step.sigma_previous is None or step.is_last:
        return Row(x_t=keep, x0_hat=toward_x0)
    drop_previous = math.log(step.sigma_previous / step.sigma)
    lean = step.log_sigma_drop / (2.0 * drop_previous)
    return Row(
        x_t=keep,
        x0_hat=toward_x0 * (1.0 + lean),
        x0_hat_previous=-toward_x0 * lean,
    )
