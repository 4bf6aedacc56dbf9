"""What a network can predict, and how each prediction turns into the others. Tensors of any shape.

With `x_t = signal_scale * x0 + noise_scale * eps`, knowing `x_t` and any one of x0, eps, v or the flow
velocity gives the rest. All scales broadcast against the pictures.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

Pictures = Float[Tensor, "*shape"]
Scale = Float[Tensor, "*#shape"]


def x0_from_eps(x_t: Pictures, eps: Pictures, signal_scale: Scale, noise_scale: Scale) -> Pictures:
    """Return the clean picture that goes with this noise. Undefined where signal_scale is 0."""
    return (x_t - noise_scale * eps) / signal_scale


def eps_from_x0(x_t: Pictures, x0: Pictures, signal_scale: Scale, noise_scale: Scale) -> Pictures:
    """Return the noise that goes with this clean picture. Undefined where noise_scale is 0."""
    return (x_t - signal_scale * x0) / noise_scale


def v_from_x0_eps(x0: Pictures, eps: Pictures, signal_scale: Scale, noise_scale: Scale) -> Pictures:
    """Return v = signal_scale * eps - noise_scale * x0.

    Reference: Salimans & Ho 2022 (2202.00512), Appendix D.
    """
    return signal_scale * eps - noise_scale * x0


def x0_from_v(x_t: Pictures, v: Pictures, signal_scale: Scale, noise_scale: Scale) -> Pictures:
    """Return the clean picture from v; divides by signal_scale^2 + noise_scale^2, which VP makes 1."""
    return (signal_scale * x_t - noise_scale * v) / (signal_scale**2 + noise_scale**2)


def eps_from_v(x_t: Pictures, v: Pictures, signal_scale: Scale, noise_scale: Scale) -> Pictures:
    """Return the noise from v; divides by signal_scale^2 + noise_scale^2, which VP makes 1."""
    return (noise_scale * x_t + signal_scale * v) / (signal_scale**2 + noise_scale**2)


def velocity_from_x0_eps(x0: Pictures, eps: Pictures) -> Pictures:
    """Return the flow-matching velocity eps - x0 of the straight path.

    Reference: Lipman et al. 2022 (2210.02747), with t reversed.
    """
    return eps - x0


def x0_from_velocity(x_t: Pictures, velocity: Pictures, t: Scale) -> Pictures:
    """Return the clean picture from the velocity on the straight path at time t."""
    return x_t - t * velocity


def eps_from_velocity(x_t: Pictures, velocity: Pictures, t: Scale) -> Pictures:
    """Return the noise from the velocity on the straight path at time t."""
    return x_t + (1.0 - t) * velocity
