"""The options of a schedule lab: its picture, the schedule to compare with, and where the steps fall."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.diffusion.schedules import GRIDS, SCHEDULES, fewest_steps
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.picture_options import PICTURE_OPTIONS, PictureReading
from app.labs.options import BadOptions, Resources, only

QUANTITIES = {
    "snr": "SNR in dB",
    "alpha_bar": "alpha_bar",
    "signal_scale": "signal_scale",
    "noise_scale": "noise_scale",
}
"""What can be drawn over t, and how it is called."""

MOST_STEPS = 50
DEFAULT_STEPS = 10

OPTIONS = {
    **PICTURE_OPTIONS,
    "schedule": "The schedule that one's own is compared with first: `cosine`, `linear` or `flow`. "
    "`cosine` unless given.",
    "show": "What is drawn over t first: `snr`, `alpha_bar`, `signal_scale` or `noise_scale`. "
    "`snr` unless given.",
    "steps": f"How many steps of a sampler are marked, from 1 to {MOST_STEPS}. {DEFAULT_STEPS} unless given.",
    "grid": f"How those steps are spread: one of {', '.join(GRIDS)}. `uniform` unless given.",
    "seed": f"Of the noise. A whole number from 0 to {MAX_SEED - 1}; 0 unless given.",
}


@dataclass(frozen=True)
class ScheduleLab:
    """A schedule lab as a lesson asks for it.

    Args:
        pixels: of the picture, of shape (side, side, channels).
        alt: what the picture shows.
        credit: whose picture it is, where it is the one that comes with the labs.
        schedule: which of `SCHEDULES` one's own is compared with first.
        quantity: which of `QUANTITIES` is drawn first.
        steps: of a sampler.
        grid: which of `GRIDS` spreads them.
        seed: of the noise.
    """

    pixels: NDArray[np.uint8]
    alt: str
    credit: str
    schedule: str
    quantity: str
    steps: int
    grid: str
    seed: int


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    return OPTIONS


def read(lab: Lab, resources: Resources) -> ScheduleLab:
    """Read the options of a schedule lab.

    Raises:
        BadOptions: options that it cannot take, all of them.
    """
    reading = PictureReading(lab, resources)
    faults = only(lab.options, tuple(OPTIONS), lab.kind)
    settings = ScheduleLab(
        pixels=reading.pixels(),
        alt=reading.alt(),
        credit=reading.credit,
        schedule=reading.one_of("schedule", tuple(SCHEDULES)),
        quantity=reading.one_of("show", tuple(QUANTITIES)),
        steps=_steps(reading),
        grid=reading.one_of("grid", tuple(GRIDS)),
        seed=reading.seed(),
    )
    if settings.steps < fewest_steps(settings.grid):
        reading.fault("steps", f"the grid {settings.grid} takes {fewest_steps(settings.grid)} steps or more")
    if faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    return settings


def _steps(reading: PictureReading) -> int:
    text = reading.options.get("steps", str(DEFAULT_STEPS))
    if re.fullmatch("[0-9]{1,4}", text) and 1 <= int(text) <= MOST_STEPS:
        return int(text)
    reading.fault("steps", f"steps must be a whole number from 1 to {MOST_STEPS}, got {text[:40]!r}")
    return DEFAULT_STEPS
