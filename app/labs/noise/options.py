"""The options of a noise lab: its picture, the schedule of the slider, the noise, and where it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.picture_options import PICTURE_OPTIONS, PictureReading
from app.labs.options import BadOptions, Resources, only

OPTIONS = {
    **PICTURE_OPTIONS,
    "schedule": "The schedule of the slider at first: `cosine`, `linear` or `flow`. `cosine` unless given.",
    "compare": "Whether the three schedules stand at the same `t` or at the same `snr`. `t` unless given.",
    "seed": "Of the noise: that with which a player of this seed begins. "
    f"A whole number from 0 to {MAX_SEED - 1}; 0 unless given.",
    "t": "Where the slider stands first, from 0 to 1 in steps of 0.005. 0.3 unless given.",
}
POSITIONS = 200
"""Intervals of the slider over t, so that it moves in steps of 0.005."""

COMPARISONS = ("t", "snr")
FIRST_POSITION = 60


@dataclass(frozen=True)
class Noise:
    """A noise lab as a lesson asks for it.

    Args:
        pixels: of the picture, of shape (side, side, channels).
        alt: what the picture shows.
        credit: whose picture it is, where it is the one that comes with the lab.
        schedule: which of `SCHEDULES` the slider follows first.
        compare: at what the schedules are compared first: one of `COMPARISONS`.
        seed: of the noise.
        position: of the slider, from 0 to `POSITIONS`; t is `position / POSITIONS`.
    """

    pixels: NDArray[np.uint8]
    alt: str
    credit: str
    schedule: str
    compare: str
    seed: int
    position: int


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    return OPTIONS


def read(lab: Lab, resources: Resources) -> Noise:
    """Read the options of a noise lab.

    Raises:
        BadOptions: options that it cannot take, all of them.
    """
    reading = _Reading(lab, resources)
    faults = only(lab.options, tuple(OPTIONS), lab.kind)
    settings = Noise(
        pixels=reading.pixels(),
        alt=reading.alt(),
        credit=reading.credit,
        schedule=reading.one_of("schedule", tuple(SCHEDULES)),
        compare=reading.one_of("compare", COMPARISONS),
        seed=reading.seed(),
        position=reading.position(),
    )
    if faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    return settings


class _Reading(PictureReading):
    def position(self) -> int:
        text = self.options.get("t")
        if text is None:
            return FIRST_POSITION
        if re.fullmatch(r"[01]|[01]?\.[0-9]{1,12}", text) and float(text) <= 1.0:
            position = float(text) * POSITIONS
            if abs(position - round(position)) < 1e-6:
                return round(position)
        self.fault("t", f"t must be a number from 0 to 1 in steps of {1 / POSITIONS}, got {text!r}")
        return FIRST_POSITION
