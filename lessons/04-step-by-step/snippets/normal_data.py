"""Normal data, whose exact denoiser is known: which spread does a sampler give back?"""

import math

from app.diffusion.plan import make_plan


def spread_at_end(sampler, steps, data, fresh=1.0, start=1.0):
    """Standard deviation of a finished dot, where that of the data is `data`: computed, with no chance in it.

    `fresh` multiplies d of every step, `start` the noise that the run begins with.
    """
    plan = make_plan(sampler=sampler, steps=steps)
    variance = (start * plan.points[0].noise_scale) ** 2
    for call in plan.calls:
        signal, noise = call.point.signal_scale, call.point.noise_scale
        # The average of all that fits is x0_hat = guess * x_t:
        guess = signal * data**2 / (signal**2 * data**2 + noise**2)
        variance = (call.row.x_t + call.row.x0_hat * guess) ** 2 * variance + (fresh * call.row.noise) ** 2
    return math.sqrt(variance)


print("               all the noise at the start     half of it at the start")
print("data  steps   d = 0  small  large  lesson 1        small  lesson 1")
for data in (1.0, 0.1):
    for steps in (10, 50, 250):
        none = spread_at_end("ddpm", steps, data, fresh=0.0)
        small = spread_at_end("ddpm", steps, data)
        large = spread_at_end("ddpm_large", steps, data)
        half = spread_at_end("ddpm", steps, data, start=0.5)
        ddim, half_ddim = (spread_at_end("ddim", steps, data, start=start) for start in (1.0, 0.5))
        print(f"{data:4} {steps:6}   {none:.3f}  {small:.3f}  {large:.3f}  {ddim:8.3f}", end="        ")
        print(f"{half:.3f}  {half_ddim:8.3f}")
