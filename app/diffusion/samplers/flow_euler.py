"""Euler's method on the straight path of flow matching."""

from __future__ import annotations

from app.diffusion.samplers.row import Row, Step


def flow_euler(step: Step) -> Row:
    """Follow the velocity: x_next = x_t + (t_next - t) * v_hat, with v_hat = eps_hat - x0_hat.

    On this path noise_scale is t and signal_scale is 1 - t.

    Reference: Lipman et al. 2022 (2210.02747) and Liu et al. 2022 (2209.03003), with t reversed.
    """
    t, t_next = step.noise_scale, step.noise_scale_next
    # eps_hat = (x_t - (1 - t) * x0_hat) / t, so v_hat = (x_t - x0_hat) / t:
    return Row(
        x_t=1.0 + (t_next - t) / t,
        x0_hat=-(t_next - t) / t,
    )
