"""The options of a lab clean-by-hand: its picture and noise, the model that is asked once, and the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.cards import Card, CardFile
from app.course.directives import Lab
from app.diffusion.seeds import MAX_SEED
from app.labs.noise.picture_options import PICTURE_OPTIONS, PictureReading
from app.labs.options import BadOptions, MissingModel, Resources, only
from app.pictures import on_paper

LEAST_SECONDS, MOST_SECONDS, DEFAULT_SECONDS = 10, 120, 60
LEAST_NOISE, MOST_NOISE, DEFAULT_NOISE = 0.1, 5.0, 1.0

USUAL_MODEL = "digits"
"""What is named as missing where no model takes the picture."""

OPTIONS = {
    "model": "The name of a model of one channel that cleans the picture in one call; "
    "the first that takes pictures of its size unless given. It is told no class.",
    "picture": "A grey PNG of the lesson's folder, dark ink on white, of the model's size. "
    "A handwritten seven unless given.",
    "alt": PICTURE_OPTIONS["alt"],
    "noise": "The standard deviation of the noise, where ink is 1 and paper -1: "
    f"a number from {LEAST_NOISE:g} to {MOST_NOISE:g}. {DEFAULT_NOISE:g} unless given.",
    "seed": f"Of the noise. A whole number from 0 to {MAX_SEED - 1}; 0 unless given.",
    "seconds": f"How long the brush may be used: a whole number from {LEAST_SECONDS} to {MOST_SECONDS}. "
    f"{DEFAULT_SECONDS} unless given.",
}


@dataclass(frozen=True)
class CleanByHand:
    """A lab clean-by-hand as a lesson asks for it.

    Args:
        card: of the model.
        clean: pixels of the picture as the model has them, 255 for ink, of shape (side, side, 1).
        alt: what the picture shows.
        credit: whose picture it is, where it is the one that comes with the lab.
        noise: the standard deviation of the noise, on pixels from -1 to 1.
        seed: of the noise.
        seconds: on the clock.
        lesson: the slug of its lesson; empty on the lab's own page.
    """

    card: Card
    clean: NDArray[np.uint8]
    alt: str
    credit: str
    noise: float
    seed: int
    seconds: int
    lesson: str


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    return OPTIONS


def read(lab: Lab, resources: Resources) -> CleanByHand:
    """Read the options of a lab clean-by-hand.

    Raises:
        BadOptions: options that it cannot take, all of them.
        MissingModel: its model is not on this server.
    """
    reading = _Reading(lab, resources)
    faults = only(lab.options, tuple(OPTIONS), lab.kind)
    pixels, alt = reading.pixels(), reading.alt()
    noise, seed, seconds = reading.noise(), reading.seed(), reading.seconds()
    try:
        file = resources.card(lab.options.get("model") or _usual_model(lab, pixels, resources))
    except MissingModel as missing:
        if found := [*faults, *reading.faults]:
            raise BadOptions(found, missing) from missing
        raise
    reading.check_model(file, pixels)
    if faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    return CleanByHand(
        file.card, on_paper(pixels), alt, reading.credit, noise, seed, seconds, resources.lesson
    )


def _usual_model(lab: Lab, pixels: NDArray[np.uint8], resources: Resources) -> str:
    """Name the first model of one channel that takes this picture, or one whose size the picture should have.

    Raises:
        MissingModel: there is none.
    """
    shapes = {name: file.card.shape for name, file in resources.cards.items() if file.card.shape[0] == 1}
    fitting = [name for name, shape in shapes.items() if shape[1:] == pixels.shape[:2]]
    if fitting or ("picture" in lab.options and shapes):
        return [*fitting, *shapes][0]
    raise MissingModel(USUAL_MODEL, tuple(resources.cards))


class _Reading(PictureReading):
    own_picture = Path(__file__).parent / "seven.png"
    own_alt = "a handwritten seven"
    own_credit = "Picture: a seven of MNIST, by LeCun, Cortes and Burges. CC BY-SA 3.0."

    def noise(self) -> float:
        text = self.options.get("noise", str(DEFAULT_NOISE))
        if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text) and LEAST_NOISE <= float(text) <= MOST_NOISE:
            return float(text)
        allowed = f"a number from {LEAST_NOISE:g} to {MOST_NOISE:g}, as 0.5"
        self.fault("noise", f"noise must be {allowed}, got {text[:40]!r}")
        return DEFAULT_NOISE

    def seconds(self) -> int:
        text = self.options.get("seconds", str(DEFAULT_SECONDS))
        if re.fullmatch("[0-9]{1,4}", text) and LEAST_SECONDS <= int(text) <= MOST_SECONDS:
            return int(text)
        allowed = f"a whole number from {LEAST_SECONDS} to {MOST_SECONDS}"
        self.fault("seconds", f"seconds must be {allowed}, got {text[:40]!r}")
        return DEFAULT_SECONDS

    def check_model(self, file: CardFile, pixels: NDArray[np.uint8]) -> None:
        """Check that the model takes pictures of one channel, and this one."""
        card = file.card
        channels, height, width = card.shape
        if channels != 1:
            what = f"the model {card.name} paints in colour; two brushes, ink and paper, need one channel"
            self.fault("model", what)
        elif pixels.shape != (height, width, 1):
            kind = "grey" if pixels.shape[2] == 1 else "colour"
            what = (
                f"the model {card.name} takes a grey picture of {width} x {height} pixels; "
                f"this one is {pixels.shape[1]} x {pixels.shape[0]} in {kind}"
            )
            self.fault("picture" if "picture" in self.options else "model", what)
