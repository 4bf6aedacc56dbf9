"""Drawings made by every core, ahead of the training that shows them: one process alone could not keep up.

The pictures are the same, since each is a function of the seed and its number alone.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from functools import partial
from multiprocessing.pool import Pool
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from app.cores import cores
from app.training.data import Batches
from app.training.landscapes.scene import Scene
from app.training.landscapes.stream import POOL, SHOWN, Drawn, DrawnBatches, numbered
from app.training.recipes import Recipe

WHOLE_BATCH = 32
"""A recipe of smaller batches is a toy, for which so many drawings to choose from would take too long."""

AT_ONCE = 32
"""Drawings that a process makes before it hands them over."""


class Drawers:
    """Processes that draw, while it is entered.

    Args:
        processes: how many; one for each core but one unless given.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or max(1, cores() - 1)
        self._pool: Pool | None = None

    def __enter__(self) -> Self:
        # Fresh ones: what is copied of a process that has begun with CUDA is of no use.
        self._pool = multiprocessing.get_context("spawn").Pool(self._processes, _one_thread)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._pool is not None
        self._pool.terminate()
        self._pool.join()

    def batches(self, recipe: Recipe) -> Batches:
        """Return the batches of a recipe whose pictures are drawn, as it would make them itself."""
        pool = POOL if recipe.batch >= WHOLE_BATCH else recipe.batch
        end = recipe.steps_in_all * recipe.batch // SHOWN + pool
        return DrawnBatches(recipe.batch, recipe.seed, pool, partial(self._from, end, recipe.network.height))

    def _from(self, end: int, side: int, seed: int, first: int) -> Iterator[Drawn]:
        assert self._pool is not None
        numbers = range(first, max(end, first + 1))
        for scene, pixels in self._pool.imap(partial(_draw, seed, side), numbers, chunksize=AT_ONCE):
            yield scene, torch.from_numpy(pixels)


def _one_thread() -> None:
    torch.set_num_threads(1)


def _draw(seed: int, side: int, number: int) -> tuple[Scene, NDArray[np.uint8]]:
    scene, pixels = numbered(seed, number, side)
    return scene, pixels.numpy()
