"""Heun in steps of the angle: turn the picture, ask again where that led, and turn by the mean of both."""

from __future__ import annotations

import math

from app.diffusion.samplers.ddim import ddim
from app.diffusion.samplers.row import Row, Step


def heun(step: Step) -> tuple[Row, ...]:
    """Return the row of a first turn and, but on the last step, that of the turn by the mean.

    On any path, u = x / sqrt(signal_scale^2 + noise_scale^2) is cos(angle) x0 + sin(angle) eps with
    angle = atan(sigma), and du / d angle = v_hat = cos(angle) eps_hat - sin(angle) x0_hat. On the cosine
    path u is x and the angle is pi t / 2. While the estimate stays as it is, u moves on a circle:
    u_next = cos(turn) u + sin(turn) v_hat with turn = angle_next - angle, which is DDIM's step. So

        u_1 = cos(turn) u + sin(turn) v
        u_next = cos(turn) u + sin(turn) (v + v_1) / 2

    where v_1 is what the estimate from u_1 says of v at the step's start. The second row sees x_1 as
    `x_t`, that estimate as `x0_hat`, and the picture before the step as `start`.

    The last step ends where no noise is left to be seen, so it is the first turn alone: one call, and
    DDIM's step to the clean picture.

    Reference: Karras et al. 2022 (2206.00364), Algorithm 1 without its churn, in the angle instead of sigma
    and with turns instead of straight lines.
    """
    first = ddim(step)
    if step.is_last:
        return (first,)
    turn = step.angle_next - step.angle
    size, size_next = step.size, step.size_next
    # sin(turn) v = u_1 - cos(turn) u, and with eps_1 = (u_1 - cos(angle_next) x0_1) / sin(angle_next):
    # v_1 = cos(angle) eps_1 - sin(angle) x0_1 = (cos(angle) u_1 - cos(turn) x0_1) / sin(angle_next), so that
    # u_next = cos(turn) / 2 * u + u_1 / 2 + half * (cos(angle) u_1 - cos(turn) x0_1):
    half = 0.5 * math.sin(turn) / math.sin(step.angle_next)
    second = Row(
        x_t=0.5 + half * math.cos(step.angle),
        x0_hat=-half * math.cos(turn) * size_next,
        start=0.5 * math.cos(turn) * size_next / size,
    )
    return (first, second)
