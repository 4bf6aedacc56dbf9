"""Heun in steps of sigma: kept to be compared with `heun.py`, and with the literature, which steps so."""

from __future__ import annotations

from app.diffusion.samplers.row import Row, Step


def heun_sigma(step: Step) -> tuple[Row, ...]:
    """Return an Euler row and, but on the last step, a correcting row for a second network call.

    With y = x / signal_scale and d = eps_hat: y_E = y + (sigma_next - sigma) d, then
    y_next = y + (sigma_next - sigma) (d + d_E) / 2. The second row sees x_E as `x_t`, the estimate made
    from it as `x0_hat`, and the picture before the step as `start`.

    Of second order too, but not for few steps: a run starts at a sigma of hundreds, and there the second row
    multiplies the difference of the two estimates by about sigma / (2 sigma_next).

    Reference: Karras et al. 2022 (2206.00364), Algorithm 1, without its churn.
    """
    change = step.sigma_next - step.sigma
    keep = step.noise_scale_next / step.noise_scale
    euler = Row(x_t=keep, x0_hat=step.signal_scale_next * (1.0 - step.sigma_ratio))
    if step.is_last:
        return (euler,)
    # y_next = y / 2 + y_E / 2 + change / 2 * d_E,
    # where d_E = (x_E - signal_scale_next * x0_hat) / noise_scale_next:
    look = 0.5 * step.signal_scale_next * change / step.noise_scale_next
    correct = Row(
        x_t=0.5 + look,
        x0_hat=-look * step.signal_scale_next,
        start=0.5 * step.signal_scale_next / step.signal_scale,
    )
    return (euler, correct)
