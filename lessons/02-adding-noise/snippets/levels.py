"""The signal-to-noise ratio of three schedules, in decibels."""

import math

from app.diffusion.schedules import SCHEDULES, sigma

TIMES = (0.1, 0.25, 0.5, 0.75, 0.9)


def decibels(schedule, t):
    """Return the SNR, which is 1 / sigma^2, in decibels."""
    return 20.0 * math.log10(1.0 / sigma(schedule, t))


print("t     ", *(f"{t:6.2f}" for t in TIMES))
for name in ("linear", "cosine", "flow"):
    ratios = [decibels(SCHEDULES[name], t) for t in TIMES]
    print(f"{name:6}", *(f"{ratio:6.1f}" for ratio in ratios))
