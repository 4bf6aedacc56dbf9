"""What is printed of a player: the run that it opens with, at five steps from its noise to its picture.

Where the plate has a pane for the mean, that of the finished pictures stands at the right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from app.engine.reading import read_run
from app.labs.player.options import Player
from app.labs.strip import GAP, STAGES, Strip, side_by_side
from app.pictures import Pixels, contact_sheet, evenly, on_paper
from app.web.runs.page import in_words

BETWEEN = 2
"""Pixels of paper between the pictures of a stage, of a run of several."""


def strip(settings: Player) -> Strip:
    """Say what is printed of a player with these settings."""
    card = settings.file.card
    asked = settings.settings.model_copy(update={"attention": False})
    spec = read_run(asked, card).spec
    steps = tuple(map(int, evenly(spec.steps + 1, STAGES)))
    between = ", ".join(map(str, steps[1:-1]))
    way = f"then steps {between}, then" if between else "then"
    words = in_words(spec, card, asked)
    has_mean = settings.appearance.has_mean
    means = ("their mean",) if has_mean else ()
    return Strip(
        run=asked,
        steps=steps,
        labels=("noise", *(f"step {step}" for step in steps[1:-1]), f"step {steps[-1]}: the picture", *means),
        words=words,
        alt=f"{words} From left to right: the noise, {way} the picture{', their mean' if has_mean else ''}.",
        credit=f"Model: {card.title}, {card.licence}. Learnt from {card.data}, {card.data_licence}.",
        size=_size(spec.count, card.shape, len(steps) + len(means)),
        draw=_draw_with_mean if has_mean else _draw,
    )


def _size(count: int, shape: tuple[int, int, int], stages: int) -> tuple[int, int]:
    _, height, width = shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    tall = rows * (height + BETWEEN) - BETWEEN
    wide = columns * (width + BETWEEN) - BETWEEN
    return tall, stages * (wide + GAP) - GAP


def _draw(frames: Sequence[Pixels]) -> Pixels:
    return side_by_side(_sheets(frames))


def _draw_with_mean(frames: Sequence[Pixels]) -> Pixels:
    sheets = _sheets(frames)
    mean = on_paper(frames[-1].mean(axis=0).round().astype(np.uint8))
    return side_by_side([*sheets, _enlarged(mean, sheets[-1])])


def _sheets(frames: Sequence[Pixels]) -> list[Pixels]:
    return [contact_sheet(on_paper(frame), gap=BETWEEN) for frame in frames]


def _enlarged(picture: Pixels, sheet: Pixels) -> Pixels:
    """Enlarge a picture by a whole number as far as it fits at the top left of a blank sheet."""
    height, width = picture.shape[:2]
    scale = min(sheet.shape[0] // height, sheet.shape[1] // width)
    blank = np.full_like(sheet, 255)
    blank[: scale * height, : scale * width] = picture.repeat(scale, axis=0).repeat(scale, axis=1)
    return blank
