"""Drawings without end: a pool of pictures in which a few are replaced at each step of training.

Picture k is a function of the seed and k alone, and each step chooses from its own window of them, so a
run that was stopped and resumed sees the same pictures. A picture gets a new caption whenever it is shown.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from app.diffusion.pixels import as_images
from app.training.landscapes.canvas import PICTURE
from app.training.landscapes.captions import caption
from app.training.landscapes.drawing import draw
from app.training.landscapes.scene import Scene, training_scene
from app.training.landscapes.words import VOCABULARY

POOL = 12_000
SHOWN = 4
"""How often a picture is shown on the average before it goes."""

Drawn = tuple[Scene, UInt8[Tensor, "channel height width"]]
Source = Callable[[int, int], Iterator[Drawn]]
"""Draws the pictures of a seed, from that of a number on."""


class DrawnBatches:
    """Batches of freshly drawn landscapes and rows of tokens of their captions.

    Args:
        size: pictures a batch.
        seed: of all pictures and captions.
        pool: pictures to choose from at a time.
        source: draws them; one after the other unless given.
        side: width and height of a picture.
    """

    def __init__(
        self, size: int, seed: int, pool: int = POOL, source: Source | None = None, side: int = PICTURE
    ) -> None:
        self._size = size
        self._seed = seed
        self._pool = max(pool, size)
        self._first = 0
        self._drawn: deque[Drawn] = deque()
        self._source = source or partial(in_turn, side=side)
        self._coming: Iterator[Drawn] = iter(())

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1] and their rows of tokens for a step."""
        self._move_to(step * self._size // SHOWN)
        generator = np.random.default_rng((self._seed, 1, step))
        chosen = [self._drawn[index] for index in generator.choice(self._pool, self._size, replace=False)]
        rows = [VOCABULARY.read(caption(scene, generator).text).row for scene, _ in chosen]
        pixels = torch.stack([picture for _, picture in chosen])
        return as_images(pixels), torch.tensor(rows)

    def _move_to(self, first: int) -> None:
        """Let the window begin with picture `first`, keeping what it has of it."""
        gone = first - self._first
        if gone < 0 or gone >= len(self._drawn):
            self._drawn.clear()
            self._coming = self._source(self._seed, first)
        else:
            for _ in range(gone):
                self._drawn.popleft()
        self._first = first
        while len(self._drawn) < self._pool:
            self._drawn.append(next(self._coming))


def last_shown(steps: int, size: int, count: int) -> range:
    """Return the numbers of the pictures that left the pool last, in a run of `steps` batches of `size`.

    They were shown late, when a network copies if ever, and as often as any. A run that is too short to have
    let so many go gives the first ones.
    """
    end = max(count, (steps - 1) * size // SHOWN)
    return range(end - count, end)


def in_turn(seed: int, first: int, side: int = PICTURE) -> Iterator[Drawn]:
    """Draw the pictures of a seed from a number on, each when it is asked for."""
    return (numbered(seed, number, side) for number in itertools.count(first))


def numbered(seed: int, number: int, side: int = PICTURE) -> Drawn:
    """Return the scene and the drawing that have this number among those of a seed."""
    generator = np.random.default_rng((seed, 0, number))
    scene = training_scene(generator)
    return scene, torch.from_numpy(draw(scene, generator, side=side)).permute(2, 0, 1).contiguous()
