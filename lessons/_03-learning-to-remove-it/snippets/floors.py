"""How well the best possible denoiser does, level by level, told the level and not."""

import numpy as np

ANGLES = np.arange(8) * np.pi / 4.0
HEAPS = 1.4 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
WIDTH = 0.1  # standard deviation of a heap
LEVELS = np.arange(1, 11) / 10.0
POINTS = 4_000


def best_guess(x_t, t):
    """Return E[x0 | x_t] at level t, and how likely x_t is there."""
    spread = ((1.0 - t) * WIDTH) ** 2 + t**2  # variance of x_t around a heap
    off = x_t[:, None] - (1.0 - t) * HEAPS
    likely = np.exp(-(off**2).sum(axis=2) / (2.0 * spread)) / spread
    guesses = HEAPS + (1.0 - t) * WIDTH**2 / spread * off
    total = likely.sum(axis=1, keepdims=True)
    return (likely[..., None] * guesses).sum(axis=1) / total, total


def blind_guess(x_t):
    """Do the same without the level, which may be any of the ten."""
    guesses, totals = zip(*(best_guess(x_t, t) for t in LEVELS), strict=True)
    return sum(g * p for g, p in zip(guesses, totals, strict=True)) / sum(totals)


rng = np.random.default_rng(1)
told, blind = [], []
for t in LEVELS:
    x0 = HEAPS[rng.integers(8, size=POINTS)] + WIDTH * rng.standard_normal((POINTS, 2))
    x_t = (1.0 - t) * x0 + t * rng.standard_normal(x0.shape)
    told.append(((best_guess(x_t, t)[0] - x0) ** 2).mean())
    blind.append(((blind_guess(x_t) - x0) ** 2).mean())

print("level ", *(f"{t:5.1f}" for t in LEVELS))
print("told  ", *(f"{e:5.2f}" for e in told), f"  mean {np.mean(told):.2f}")
print("blind ", *(f"{e:5.2f}" for e in blind), f"  mean {np.mean(blind):.2f}")
