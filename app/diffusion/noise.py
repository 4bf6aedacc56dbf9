"""A picture's own randomness: one generator per picture, from the seed and the index in the run.

A picture's noise is therefore the same alone, in a batch and on every machine.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from app.diffusion.seeds import picture_generator


class PictureNoise:
    """Standard normal noise for one picture, drawn in step order.

    Args:
        seed: from 0 to below 2^53.
        index: the picture's place in its run, from 0.
    """

    def __init__(self, seed: int, index: int) -> None:
        self._generator = picture_generator(seed, index)

    def draw(self, shape: tuple[int, int, int]) -> Float[Tensor, "channel height width"]:
        """Draw the next noise of `shape`."""
        return torch.from_numpy(self._generator.standard_normal(shape, dtype=np.float32))
