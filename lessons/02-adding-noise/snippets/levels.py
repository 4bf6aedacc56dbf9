"""The signal-to-noise ratio of three schedules, in decibels."""

import math

from app.diffusion.schedules import SCHEDULES, sigma

TIMES = (0.1, 0.25, 0.5, 0.75, 0.9)

print("t       " + "".join(f"{t:8.2f}" for t in TIMES))
for name in ("linear", "cosine", "flow"):
    ratios = [20.0 * math.log10(1.0 / sigma(SCHEDULES[name], t)) for t in TIMES]
    print(f"{name:8}" + "".join(f"{ratio:8.1f}" for ratio in ratios))
