"""A denoiser small enough to read: it knows six pictures.

A network has to learn what this one simply computes:
the average of all clean pictures that could lie behind
the noise, the likelier ones counting more.
"""

import numpy as np
from canvas import PICTURES


def predict(noisy, noise):
    """Guess the clean picture, told the noise level."""
    off = ((noisy - PICTURES) ** 2).sum(axis=(1, 2))
    likely = np.exp((off.min() - off) / (2.0 * noise**2))
    shares = likely / likely.sum()
    return np.tensordot(shares, PICTURES, axes=1)


def reverse_noise(noisy, noise, steps=50):
    """Go from much noise to none, guessing anew each time."""
    levels = [*np.geomspace(noise, 0.01, steps), 0.0]
    for step in range(steps):
        level, next_level = levels[step], levels[step + 1]
        guess = predict(noisy, level)
        noisy = guess + (next_level / level) * (noisy - guess)
    return noisy
