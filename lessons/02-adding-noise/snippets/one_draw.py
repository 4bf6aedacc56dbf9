"""A thousand small steps, or one draw: the same noisy data."""

import numpy as np

BETAS = np.linspace(0.0001, 0.02, 1000)  # how much variance each small step adds
DOTS = 20_000

rng = np.random.default_rng(2)


def step_by_step(x0, steps):
    """Weaken a little and add a little noise, again and again."""
    x = x0
    for beta in BETAS[:steps]:
        x = np.sqrt(1.0 - beta) * x + np.sqrt(beta) * rng.standard_normal(x.shape)
    return x


def one_draw(x0, steps):
    """Do it all at once."""
    alpha_bar = np.prod(1.0 - BETAS[:steps])
    return np.sqrt(alpha_bar) * x0 + np.sqrt(1.0 - alpha_bar) * rng.standard_normal(x0.shape)


if __name__ == "__main__":
    ink = np.ones(DOTS)  # every dot is ink: +1
    print("            step by step        one draw")
    print("steps     mean   spread     mean   spread")
    for steps in (100, 250, 500, 1000):
        many, once = step_by_step(ink, steps), one_draw(ink, steps)
        print(f"{steps:5}   {many.mean():6.2f}   {many.std():6.2f}   {once.mean():6.2f}   {once.std():6.2f}")
