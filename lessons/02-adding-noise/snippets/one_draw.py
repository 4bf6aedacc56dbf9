"""A thousand small steps, or one draw: the same noisy data."""

import numpy as np

BETAS = np.linspace(0.0001, 0.02, 1000)  # variance of each step
DOTS = 20_000

normal = np.random.default_rng(2).standard_normal


def step_by_step(x0, steps):
    """Weaken a little and add a little noise, again and again."""
    x = x0
    for beta in BETAS[:steps]:
        x = np.sqrt(1.0 - beta) * x + np.sqrt(beta) * normal(x.shape)
    return x


def one_draw(x0, steps):
    """Do it all at once."""
    alpha_bar = np.prod(1.0 - BETAS[:steps])
    return np.sqrt(alpha_bar) * x0 + np.sqrt(1.0 - alpha_bar) * normal(x0.shape)


if __name__ == "__main__":
    ink = np.ones(DOTS)  # every dot is ink: +1
    print("        step by step      one draw")
    print("steps   mean  spread    mean  spread")
    for steps in (100, 250, 500, 1000):
        line = f"{steps:5}"
        for x in (step_by_step(ink, steps), one_draw(ink, steps)):
            line += f"  {x.mean():5.2f}   {x.std():5.2f}"
        print(line)
