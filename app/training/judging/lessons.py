"""What a judge learns from and is examined with: training and test pictures, or drawings of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.training.aspects import Known
from app.training.judging.recipes import JudgingRecipe
from app.training.landscapes.drawings import any_numbered, obtain_drawings
from app.training.recipes import Recipe

LESSONS_SEED, EXAM_SEED = 1_000_010, 1_000_011
"""Far from those of training and of the painter's evaluation, so that no picture of those is drawn again."""


def obtain_pictures(
    recipe: JudgingRecipe, model: Recipe, data: Path | None, work: Path, on_stage: Callable[[str], None]
) -> tuple[Known, Known]:
    """Read the pictures of the model's data set, or draw scenes of every kind and keep them in `work`.

    Args:
        recipe: of the judge; says how much is drawn.
        model: the recipe of the model, which says how a data set is read.
        data: the data set's file or folder; None where pictures are drawn.
        work: where drawings are kept.
        on_stage: told what is being drawn.

    Returns:
        What the judge learns from, and what it is examined with: pictures that it never sees otherwise.

    Raises:
        InvalidRequest: the data set is missing or not what is read.
    """
    if model.read is not None and data is not None:
        train, test = (model.read(data, part) for part in ("train", "test"))
        return Known(train.pixels, train.labels[:, None]), Known(test.pixels, test.labels[:, None])

    def drawings(name: str, seed: int, count: int) -> Known:
        def on_drawn(done: int, of: int) -> None:
            on_stage(f"drawing for {name}, {done:,} of {of:,}")

        return obtain_drawings(
            partial(any_numbered, seed, side=model.network.height), count, work / name, on_drawn
        ).known()

    return drawings("lessons", LESSONS_SEED, recipe.drawn), drawings("exam", EXAM_SEED, recipe.examined)
