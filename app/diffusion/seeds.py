"""A picture's own randomness: one generator per picture, from the seed and the index in the run.

A picture's noise is therefore the same alone, in a batch and on every machine. numpy only, so that a page can
show a seed's noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


class PictureNoise:
    """Standard normal noise for one picture, drawn in step order.

    Args:
        seed: from 0 to below 2^53.
        index: the picture's place in its run, from 0.
    """

    def __init__(self, seed: int, index: int) -> None:
        self._generator = picture_generator(seed, index)

    def draw(self, shape: tuple[int, int, int]) -> NDArray[np.float32]:
        """Draw the next noise of `shape` (channels, height, width)."""
        return self._generator.standard_normal(shape, dtype=np.float32)
