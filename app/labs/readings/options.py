"""The options of a lab readings: its picture and noise, the levels, and the model that answers at each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.cards import Card
from app.course.directives import Lab
from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import MAX_SEED
from app.labs.model_picture import ALT_OPTION, ModelPictureReading
from app.labs.noise.levels import Level, level, preserves_variance
from app.labs.options import BadOptions, Resources, only
from app.pictures import on_paper

LEAST_T, MOST_T, NO_SIGNAL_T = 0.01, 0.99, 1.0
"""Times at which a model can be asked, and that at which nothing of the picture is left."""

FEWEST_LEVELS, MOST_LEVELS = 2, 8
DEFAULT_LEVELS = "0.1 0.3 0.5 0.7 0.9 0.98 1"
USUAL_T = 0.5

ERRORS = ("0.1", "0.02", "0.5")
"""Sizes of the error that a learner makes, the usual one first."""

OPTIONS = {
    "model": "The name of a model that answers, trained on a schedule that keeps the variance; "
    "the first that takes pictures of this size unless given. It is told no class.",
    "picture": "A PNG of the lesson's folder, of the model's size: dark ink on white for a model of one "
    "channel. A handwritten seven unless given.",
    "alt": ALT_OPTION,
    "seed": "Of the noise, and of the error that the learner makes. "
    f"A whole number from 0 to {MAX_SEED - 1}; 0 unless given.",
    "levels": f"The times at which the slider stops, rising: {FEWEST_LEVELS} to {MOST_LEVELS} numbers from "
    f"{LEAST_T:g} to {MOST_T:g} with spaces between; the last may be 1, where no model is asked. "
    f"`{DEFAULT_LEVELS}` unless given.",
    "t": f"At which of the levels the slider stands first; the one nearest to {USUAL_T:g} unless given.",
    "error": f"The error made first: one of {', '.join(sorted(ERRORS))}. {ERRORS[0]} unless given.",
}


@dataclass(frozen=True)
class ReadingsLab:
    """A lab readings as a lesson asks for it.

    Args:
        card: of the model.
        clean: pixels of the picture as the model has them, of shape (side, side, channels).
        alt: what the picture shows.
        credit: whose picture it is, where it is the one that comes with the labs.
        seed: of the noise.
        levels: on the model's schedule, at rising times.
        first: at which of them the slider stands first.
        error: the size of the error made first, one of `ERRORS`.
        lesson: the slug of its lesson; empty on the lab's own page.
    """

    card: Card
    clean: NDArray[np.uint8]
    alt: str
    credit: str
    seed: int
    levels: tuple[Level, ...]
    first: int
    error: str
    lesson: str


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    return OPTIONS


def read(lab: Lab, resources: Resources) -> ReadingsLab:
    """Read the options of a lab readings.

    Raises:
        BadOptions: options that it cannot take, all of them.
        MissingModel: its model is not on this server.
    """
    reading = _Reading(lab, resources)
    faults = only(lab.options, tuple(OPTIONS), lab.kind)
    pixels, alt, seed = reading.pixels(), reading.alt(), reading.seed()
    times = reading.times()
    first, error = reading.first(times), reading.one_of("error", ERRORS)
    card = reading.card(pixels, resources, faults)
    if card is not None:
        reading.check_levels(card, times)
    if card is None or faults or reading.faults:
        raise BadOptions([*faults, *reading.faults])
    levels = tuple(level(SCHEDULES[card.schedule], t) for t in times)
    clean = on_paper(pixels)
    return ReadingsLab(card, clean, alt, reading.credit, seed, levels, first, error, resources.lesson)


class _Reading(ModelPictureReading):
    def times(self) -> tuple[float, ...]:
        text = self.options.get("levels", DEFAULT_LEVELS)
        words = text.split()
        times = tuple(float(word) for word in words if re.fullmatch(r"[01]|[01]?\.[0-9]{1,4}", word))
        asked = times[:-1] if times[-1:] == (NO_SIGNAL_T,) else times
        is_whole = len(times) == len(words) and FEWEST_LEVELS <= len(times) <= MOST_LEVELS
        rises = all(one < other for one, other in pairwise(times))
        if is_whole and rises and all(LEAST_T <= t <= MOST_T for t in asked):
            return times
        allowed = (
            f"{FEWEST_LEVELS} to {MOST_LEVELS} rising numbers from {LEAST_T:g} to {MOST_T:g} with spaces "
            "between, and perhaps 1 as the last"
        )
        self.fault("levels", f"levels must be {allowed}, as {DEFAULT_LEVELS}; got {text[:60]!r}")
        return ()

    def first(self, times: tuple[float, ...]) -> int:
        """Return the place among the levels at which the slider stands first."""
        if not times:  # which is told already
            return 0
        text = self.options.get("t")
        if text is None:
            return min(range(len(times)), key=lambda place: abs(times[place] - USUAL_T))
        if re.fullmatch(r"[01]|[01]?\.[0-9]{1,4}", text) and float(text) in times:
            return times.index(float(text))
        listed = ", ".join(f"{t:g}" for t in times)
        self.fault("t", f"t must be one of the levels, {listed}; got {text[:40]!r}")
        return 0

    def check_levels(self, card: Card, times: tuple[float, ...]) -> None:
        """Check that the readings of this model's answers go by the ratios that the lab shows."""
        if not preserves_variance(SCHEDULES[card.schedule]):
            what = (
                f"the model {card.name} was trained on the schedule {card.schedule}; this lab shows the "
                "ratios of errors where the squares of signal and noise add up to 1, as on cosine"
            )
            self.fault("model", what)
        beyond = [f"{t:g}" for t in times if card.t_max < t < NO_SIGNAL_T]
        if beyond:
            what = (
                f"the model {card.name} was trained up to t = {card.t_max:g}; beyond it: {', '.join(beyond)}"
            )
            self.fault("levels" if "levels" in self.options else "model", what)
