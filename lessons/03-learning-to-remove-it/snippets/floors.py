"""How well the best possible denoiser does, level by level, told the level and not."""

import numpy as np

ANGLES = np.arange(8) * np.pi / 4.0
HEAPS = 1.4 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
WIDTH = 0.1  # standard deviation of a heap
LEVELS = np.arange(1, 11) / 10.0  # t on the flow schedule: S = 1 - t, N = t
POINTS = 4_000


def best_guess(x_t, t):
    """Return E[x0 | x_t] at level t, and how likely x_t is there.

    For each heap: how well does x_t fit, and what would x0 be? Then the average of those guesses, each
    weighted by how well it fits.
    """
    variance = ((1.0 - t) * WIDTH) ** 2 + t**2  # of x_t around a heap
    off = x_t[:, None] - (1.0 - t) * HEAPS
    fit = np.exp(-(off**2).sum(axis=2) / (2.0 * variance)) / variance
    guesses = HEAPS + (1.0 - t) * WIDTH**2 / variance * off
    total = fit.sum(axis=1, keepdims=True)
    return (fit[..., None] * guesses).sum(axis=1) / total, total


def blind_guess(x_t):
    """Do the same without the level, which may be any of the ten: average over the levels, too."""
    guesses, totals = zip(*(best_guess(x_t, t) for t in LEVELS), strict=True)
    return sum(g * p for g, p in zip(guesses, totals, strict=True)) / sum(totals)


rng = np.random.default_rng(1)
told, blind = [], []
for t in LEVELS:
    x0 = HEAPS[rng.integers(8, size=POINTS)] + WIDTH * rng.standard_normal((POINTS, 2))
    x_t = (1.0 - t) * x0 + t * rng.standard_normal(x0.shape)
    told.append(((best_guess(x_t, t)[0] - x0) ** 2).mean())
    blind.append(((blind_guess(x_t) - x0) ** 2).mean())
noise = np.array(told) * ((1.0 - LEVELS) / LEVELS) ** 2  # the same guesses, read as guesses of the noise

print("level  mean  ", *(f"{t:4.1f}" for t in LEVELS))
for name, errors in (("told", told), ("blind", blind), ("noise", noise)):
    print(f"{name:6} {np.mean(errors):.2f}  ", *(f"{e:4.2f}" for e in errors))
