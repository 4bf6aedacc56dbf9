"""From a seed to a picture's own generator. numpy only, so that a page can show a seed's noise."""

from __future__ import annotations

import numpy as np

MAX_SEED = 2**53
"""Seeds are integers from 0 to below this, the integers that JavaScript holds exactly."""


def picture_generator(seed: int, index: int) -> np.random.Generator:
    """Return the generator that gives a picture all its noise, the starting noise first.

    Args:
        seed: from 0 to below 2^53.
        index: the picture's place in its run, from 0.
    """
    # Philox, since torch's CPU generator keeps only the low 32 bits of a seed. The index is a key of
    # its own: in one list with the seed, (5, 1) and (2^32 + 5, 0) would be the same 32-bit words.
    entropy = np.random.SeedSequence(seed, spawn_key=(index,))
    return np.random.Generator(np.random.Philox(entropy))
