"""A plate on paper: pictures side by side, from noise to picture, which stand for it in print.

What they are is said by the module `strip` of each kind of lab; a kind without one prints its caption alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import numpy as np

from app.controls.request import RunRequest
from app.labs.registry import LABS, ReadLab
from app.pictures import Pixels, contact_sheet, png

STAGES = 5
"""Noise, three stages, and the picture."""

GAP = 4
"""Pixels of paper between stages."""

LONG_SIDE = 1200
"""The least length of a strip in dots: enough for 150 dots an inch over the width of a page."""


@dataclass(frozen=True)
class Strip:
    """What is printed of a plate.

    Args:
        run: what is run for it; None where it is drawn without a model.
        steps: the frames of that run that it shows, by their numbers.
        labels: what stands under each stage.
        words: what was run, in a sentence; empty where nothing is.
        alt: what is on it, for those who cannot see it.
        credit: whose pictures these are.
        size: height and width in pixels of its pictures, which are printed as squares of several dots.
        draw: draws it from the noisy pictures of those frames, each of shape (count, height, width, channels)
            as the model has them; from none where nothing is run.
        rows: the names of its rows, where it has several.
    """

    run: RunRequest | None
    steps: tuple[int, ...]
    labels: tuple[str, ...]
    words: str
    alt: str
    credit: str
    size: tuple[int, int]
    draw: Callable[[Sequence[Pixels]], Pixels]
    rows: tuple[str, ...] = ()

    @property
    def scale(self) -> int:
        """Dots of the file for a pixel's side."""
        return math.ceil(LONG_SIDE / max(self.size))

    def file(self, frames: Sequence[Pixels]) -> bytes:
        """Draw it as a PNG file."""
        return png(self.draw(frames), self.scale)


class Stripped(Protocol):
    """The module `strip` of a kind of lab."""

    def strip(self, settings: object) -> Strip:
        """Say what is printed of a lab with these settings."""


@dataclass(frozen=True)
class PlateOnPaper:
    """The context of `labs/strip.html`, called `paper` there.

    Args:
        page: the address at which the plate can be used.
        picture: that of the file; empty where there is no strip.
        strip: what the file shows.
    """

    page: str
    picture: str
    strip: Strip | None


def strip_of(read: ReadLab) -> Strip | None:
    """Return what is printed of a lab: None where its kind has no strip, or its model is not here."""
    module = f"{LABS[read.lab.kind]}.strip"
    if read.missing is not None or find_spec(module) is None:
        return None
    return cast(Stripped, import_module(module)).strip(read.settings)


def side_by_side(stages: Sequence[Pixels]) -> Pixels:
    """Lay stages of equal size out in a row, each of shape (height, width, channels)."""
    return contact_sheet(np.stack(list(stages)), columns=len(stages), gap=GAP)


def strip_path(slug: str, lab_id: str) -> str:
    """Return the address of a plate's strip."""
    return f"/lessons/{slug}/plates/{lab_id}.png"


def paper_of(slug: str, read: ReadLab, site: str = "") -> PlateOnPaper:
    """Return what stands for a plate on paper.

    Args:
        slug: of the lesson.
        read: the lab.
        site: scheme and host of the addresses that are printed; those of the page unless given.
    """
    strip = strip_of(read)
    page = f"{site}/lessons/{slug}#{read.lab.id}"
    return PlateOnPaper(page, strip_path(slug, read.lab.id) if strip else "", strip)
