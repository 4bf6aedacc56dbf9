"""DDIM: the same model, with as much or as little fresh noise as one likes."""

from __future__ import annotations

import math

from app.diffusion.samplers.row import Row, Step


def ddim(step: Step, eta: float = 0.0) -> Row:
    """Move to t_next along eps_hat, replacing a share of it by fresh noise.

    Args:
        step: both ends of the step, on any schedule.
        eta: 0 adds no noise (deterministic); 1 adds as much as DDPM with the small variance.

    Reference: Song, Meng & Ermon 2020 (2010.02502), Eq. 12 and 16. The paper writes alpha for
    DDPM's alpha_bar.
    """
    noise = eta * step.noise_scale_next * math.sqrt(1.0 - step.sigma_ratio**2)
    direction = math.sqrt(step.noise_scale_next**2 - noise**2)
    # x_next = signal_scale_next * x0_hat + direction * eps_hat + noise * fresh,
    # where eps_hat = (x_t - signal_scale * x0_hat) / noise_scale:
    return Row(
        x_t=direction / step.noise_scale,
        x0_hat=step.signal_scale_next - direction * step.signal_scale / step.noise_scale,
        noise=noise,
    )
