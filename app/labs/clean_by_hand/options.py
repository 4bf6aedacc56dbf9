"""The options of a lab clean-by-hand: its picture and noise, the model that is asked once, and the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.cards import Card
from app.course.directives import Lab
from app.diffusion.seeds import MAX_SEED
from app.labs.model_picture import ALT_OPTION, ModelPictureReading
from app.labs.options import BadOptions, Resources, only
from app.pictures import on_paper

LEAST_SECONDS, MOST_SECONDS, DEFAULT_SECONDS = 10, 120, 60
LEAST_NOISE, MOST_NOISE, DEFAULT_NOISE = 0.1, 5.0, 1.0

OPTIONS = {
    "model": "The name of a model of one channel that cleans the picture in one call; "
    "the first that takes pictures of its size unless given. It is told no class.",
    "picture": "A grey PNG of the lesson's folder, dark ink on white, of the model's size. "
    "A handwritten seven unless given.",
    "alt": ALT_OPTION,
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
    card = reading.card(pixels, resources, faults)
    if card is None or faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    return CleanByHand(card, on_paper(pixels), alt, reading.credit, noise, seed, seconds, resources.lesson)


class _Reading(ModelPictureReading):
    channels = (1,)

    def colour_fault(self, card: Card) -> str:
        """Say why a model of pictures in colour will not do."""
        return f"the model {card.name} paints in colour; two brushes, ink and paper, need one channel"

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
