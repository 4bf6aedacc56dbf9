"""A denoiser that knows six pictures."""

from itertools import pairwise

import numpy as np
from canvas import PICTURES


def predict(noisy, level):
    """Average them, the likelier more."""
    off = noisy - PICTURES
    square = (off**2).sum(axis=(1, 2))
    likely = np.exp((square.min() - square) / (2.0 * level**2))
    shares = likely / likely.sum()
    return np.tensordot(shares, PICTURES, axes=1)


def reverse_noise(noisy, noise, steps=50):
    """Go from much noise to none."""
    levels = [*np.geomspace(noise, 0.01, steps), 0.0]
    for level, next_level in pairwise(levels):
        guess = predict(noisy, level)
        noisy = guess + (next_level / level) * (noisy - guess)
    return noisy
