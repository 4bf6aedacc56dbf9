"""The options of a noise lab: its picture, the schedule of the slider, the noise, and where it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.course.token_checks import picture_name
from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.picture import UnusablePicture, read_picture
from app.labs.options import BadOptions, OptionFault, Resources, only

OPTIONS = {
    "picture": "A PNG or JPEG of the lesson's folder: its middle square, of 64 pixels at most. "
    "A drawing unless given.",
    "alt": "What that picture shows, for those who cannot see it. Needed with `:picture:`.",
    "schedule": "The schedule of the slider at first: `cosine`, `linear` or `flow`. `cosine` unless given.",
    "compare": "Whether the three schedules stand at the same `t` or at the same `snr`. `t` unless given.",
    "seed": "Of the noise: that with which a player of this seed begins. "
    f"A whole number from 0 to {MAX_SEED - 1}; 0 unless given.",
    "t": "Where the slider stands first, from 0 to 1 in steps of 0.005. 0.3 unless given.",
}
POSITIONS = 200
"""Intervals of the slider over t, so that it moves in steps of 0.005."""

COMPARISONS = ("t", "snr")
OWN_PICTURE = Path(__file__).parent / "landscape.png"
OWN_ALT = "a red house before snowy hills at sunset"
FIRST_POSITION = 60


@dataclass(frozen=True)
class Noise:
    """A noise lab as a lesson asks for it.

    Args:
        pixels: of the picture, of shape (side, side, channels).
        alt: what the picture shows.
        is_own: the picture is the one that comes with the lab.
        schedule: which of `SCHEDULES` the slider follows first.
        compare: at what the schedules are compared first: one of `COMPARISONS`.
        seed: of the noise.
        position: of the slider, from 0 to `POSITIONS`; t is `position / POSITIONS`.
    """

    pixels: NDArray[np.uint8]
    alt: str
    is_own: bool
    schedule: str
    compare: str
    seed: int
    position: int

    @property
    def credit(self) -> str:
        """Whose picture it is, where it is the one that comes with the lab."""
        if not self.is_own:
            return ""
        return f"Picture: {self.alt}, one of our own drawings, from which the painter learnt. MIT."


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
        is_own="picture" not in lab.options,
        schedule=reading.one_of("schedule", tuple(SCHEDULES)),
        compare=reading.one_of("compare", COMPARISONS),
        seed=reading.seed(),
        position=reading.position(),
    )
    if faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    return settings


class _Reading:
    """Reads one option after another; a fault is noted, and the default stands in its place."""

    def __init__(self, lab: Lab, resources: Resources) -> None:
        self.options = lab.options
        self.pictures = resources.pictures
        self.faulty_pictures = resources.faulty_pictures
        self.faults: list[OptionFault] = []

    def pixels(self) -> NDArray[np.uint8]:
        name = self.options.get("picture")
        if name is None:
            return read_picture(OWN_PICTURE)
        name = picture_name(name)
        if name not in self.pictures:
            known = ", ".join(self.pictures) or "no pictures"
            if name not in self.faulty_pictures:
                what = f"there is no picture {name[:80]!r} in the lesson's folder; it has {known}"
                self._fault("picture", what)
            return read_picture(OWN_PICTURE)
        try:
            return read_picture(self.pictures[name])
        except UnusablePicture as error:
            self._fault("picture", f"the picture {name!r} {error}")
            return read_picture(OWN_PICTURE)

    def alt(self) -> str:
        alt = self.options.get("alt", "").strip()
        if "picture" in self.options and not alt:
            self._fault("picture", "a picture needs an :alt: for those who cannot see it")
        if "picture" not in self.options and "alt" in self.options:
            self._fault("alt", "alt describes the lesson's own picture, and there is no option 'picture'")
        return alt or OWN_ALT

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        text = self.options.get(name, allowed[0])
        if text not in allowed:
            self._fault(name, f"unknown {name} {text!r}; allowed: {', '.join(allowed)}")
        return text

    def seed(self) -> int:
        text = self.options.get("seed", "0")
        if re.fullmatch("[0-9]{1,16}", text) and int(text) < MAX_SEED:
            return int(text)
        self._fault("seed", f"seed must be a whole number from 0 to {MAX_SEED - 1}, got {text!r}")
        return 0

    def position(self) -> int:
        text = self.options.get("t")
        if text is None:
            return FIRST_POSITION
        if re.fullmatch(r"[01]|[01]?\.[0-9]{1,12}", text) and float(text) <= 1.0:
            position = float(text) * POSITIONS
            if abs(position - round(position)) < 1e-6:
                return round(position)
        self._fault("t", f"t must be a number from 0 to 1 in steps of {1 / POSITIONS}, got {text!r}")
        return FIRST_POSITION

    def _fault(self, option: str, what: str) -> None:
        self.faults.append(OptionFault(what, option))
