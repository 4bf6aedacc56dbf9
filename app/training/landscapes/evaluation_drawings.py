"""Real pictures for the painter's evaluation: drawings, of training and fresh ones, kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from app.training.agenda import Options
from app.training.aspects import Asked
from app.training.evaluation_data import EvaluationData
from app.training.landscapes.captions import caption
from app.training.landscapes.counting import counted, counts
from app.training.landscapes.drawings import Drawings, Numbered, any_numbered, obtain_drawings
from app.training.landscapes.prompts import asked_by, held_out_prompts, seen_prompts, side_open_prompts
from app.training.landscapes.scene import ATTRIBUTES
from app.training.landscapes.stream import last_shown, numbered
from app.training.recipes import Recipe

LESSONS_SEED, EXAM_SEED, TEST_SEED, FLOOR_SEED, CAPTIONS_SEED = range(1_000_000, 1_000_005)
"""Far from those of training, so that no picture of training is drawn again."""

COUNTING_SEED, COUNTING_EXAM_SEED = 1_000_008, 1_000_009


def drawn_evaluation_data(
    recipe: Recipe, options: Options, folder: Path, on_stage: Callable[[str], None]
) -> EvaluationData:
    """Draw the evaluation_data, or take up what `folder` holds of it.

    The judge learns from scenes of every kind, since it shall judge held-out pairs as well; the others are
    scenes that training may show.

    Args:
        recipe: of the training run; those of its drawings that it showed last are drawn again.
        options: how much there is to be.
        folder: where drawings are kept.
        on_stage: told what is being drawn.
    """

    def drawings(name: str, draw_one: Numbered, count: int) -> Drawings:
        def on_drawn(done: int, of: int) -> None:
            on_stage(f"drawing for {name}, {done} of {of}")

        return obtain_drawings(draw_one, count, folder / name, on_drawn)

    side = recipe.network.height
    shown = last_shown(recipe.steps_in_all, recipe.batch, options.drawn.train)
    drawn, compared = options.drawn, max(options.count, options.curve_count)
    floor = drawings("floor", partial(numbered, FLOOR_SEED, side=side), compared)
    return EvaluationData(
        aspects={name: len(values) for name, values in ATTRIBUTES.items()},
        lessons=drawings("lessons", partial(any_numbered, LESSONS_SEED, side=side), drawn.lessons).known(),
        exam=drawings("exam", partial(any_numbered, EXAM_SEED, side=side), drawn.exam).known(),
        train=drawings(
            f"train-{recipe.seed}-{shown.start}",
            lambda number: numbered(recipe.seed, shown[number], side),
            drawn.train,
        ).known(),
        test=drawings("test", partial(numbered, TEST_SEED, side=side), compared).known(),
        floor=floor.known(),
        asked=_captioned(floor),
        prompts={
            "seen": seen_prompts(drawn.seen, side),
            "held_out": held_out_prompts(drawn.each_pair, side),
            "side_open": side_open_prompts(drawn.side_open, side),
        },
        counting=(
            counts(drawings("counting", counted(COUNTING_SEED, side), drawn.lessons)),
            counts(drawings("counting-exam", counted(COUNTING_EXAM_SEED, side), drawn.exam)),
        ),
    )


def _captioned(drawings: Drawings) -> Asked:
    """Write a caption for each drawing, of the kinds that training has."""
    generator = np.random.default_rng(CAPTIONS_SEED)
    return asked_by([caption(scene, generator) for scene in drawings.scenes], drawings.scenes)
