"""Options that labs of one noised picture share: the picture, what it shows, the noise's seed, and names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.course.token_checks import picture_name
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.picture import UnusablePicture, read_picture
from app.labs.options import OptionFault, Resources

OWN_PICTURE = Path(__file__).parent / "landscape.png"
OWN_ALT = "a red house before snowy hills at sunset"
CREDIT = f"Picture: {OWN_ALT}, one of our own drawings, from which the painter learnt. MIT."

PICTURE_OPTIONS = {
    "picture": "A PNG or JPEG of the lesson's folder: its middle square, of 64 pixels at most. "
    "A drawing unless given.",
    "alt": "What that picture shows, for those who cannot see it. Needed with `:picture:`.",
}


class PictureReading:
    """Reads one option after another; a fault is noted, and the default stands in its place.

    A kind of lab that comes with another picture says so by `own_picture`, `own_alt` and `own_credit`.

    Args:
        lab: as the lesson has it.
        resources: the pictures of the lesson.
    """

    own_picture = OWN_PICTURE
    own_alt = OWN_ALT
    own_credit = CREDIT

    def __init__(self, lab: Lab, resources: Resources) -> None:
        self.options = lab.options
        self.pictures = resources.pictures
        self.faulty_pictures = resources.faulty_pictures
        self.faults: list[OptionFault] = []

    @property
    def credit(self) -> str:
        """Whose picture it is, where it is the one that comes with the labs."""
        return "" if "picture" in self.options else self.own_credit

    def pixels(self) -> NDArray[np.uint8]:
        """Return the picture, of shape (side, side, channels)."""
        name = self.options.get("picture")
        if name is None:
            return read_picture(self.own_picture)
        name = picture_name(name)
        if name not in self.pictures:
            known = ", ".join(self.pictures) or "no pictures"
            if name not in self.faulty_pictures:
                what = f"there is no picture {name[:80]!r} in the lesson's folder; it has {known}"
                self.fault("picture", what)
            return read_picture(self.own_picture)
        try:
            return read_picture(self.pictures[name])
        except UnusablePicture as error:
            self.fault("picture", f"the picture {name!r} {error}")
            return read_picture(self.own_picture)

    def alt(self) -> str:
        """Say what it shows."""
        alt = self.options.get("alt", "").strip()
        if "picture" in self.options and not alt:
            self.fault("picture", "a picture needs an :alt: for those who cannot see it")
        if "picture" not in self.options and "alt" in self.options:
            self.fault("alt", "alt describes the lesson's own picture, and there is no option 'picture'")
        return alt or self.own_alt

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed names, the first unless given."""
        text = self.options.get(name, allowed[0])
        if text not in allowed:
            self.fault(name, f"unknown {name} {text!r}; allowed: {', '.join(allowed)}")
        return text

    def seed(self) -> int:
        """Return the seed of the noise, 0 unless given."""
        text = self.options.get("seed", "0")
        if re.fullmatch("[0-9]{1,16}", text) and int(text) < MAX_SEED:
            return int(text)
        self.fault("seed", f"seed must be a whole number from 0 to {MAX_SEED - 1}, got {text!r}")
        return 0

    def fault(self, option: str, what: str) -> None:
        """Note what is wrong with an option."""
        self.faults.append(OptionFault(what, option))
