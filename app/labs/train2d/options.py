"""The options of a train2d lab: the points, how a network is trained on them, and what is trained beside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.course.directives import Lab
from app.diffusion.seeds import MAX_SEED
from app.engine.points.spec import (
    DEFAULT_UPDATES,
    FEWEST_UPDATES,
    LOOPS,
    MAX_UPDATES,
    PRESETS,
    SCHEDULE_NAMES,
    TARGETS,
)
from app.labs.options import BadOptions, OptionFault, Resources, only

OWN = "own"
"""Points that the learner draws."""

NONE = "none"
YES, NO = "yes", "no"

BESIDE: Mapping[str, tuple[str, str]] = {
    "rising": ("loop", "rising"),
    "falling": ("loop", "falling"),
    "cycled": ("loop", "cycled"),
    "random": ("loop", "random"),
    "untold": ("level_told", NO),
    "x0": ("target", "x0"),
    "eps": ("target", "eps"),
    "v": ("target", "v"),
    "flow": ("schedule", "flow"),
    "cosine": ("schedule", "cosine"),
    "linear": ("schedule", "linear"),
}
"""What may be trained beside: the one setting that is another, and its value there."""

OPTIONS = {
    "points": f"What it learns from first: `{'`, `'.join(PRESETS)}`, or `{OWN}` for points that the learner "
    "draws. `ring` unless given.",
    "target": f"What the network is trained to give first: `{'`, `'.join(TARGETS)}`. `x0` unless given.",
    "schedule": f"How signal and noise change over t first: `{'`, `'.join(SCHEDULE_NAMES)}`. "
    "`flow` unless given.",
    "level_told": "Whether the network is given the level first: `yes` or `no`. `yes` unless given.",
    "loop": "The order of the noise levels first: `random` for each example, or one for each update: "
    "`cycled` again and again, `rising` or `falling` once. `random` unless given.",
    "updates": f"How many updates are set first, from {FEWEST_UPDATES} to {MAX_UPDATES}; fewer on a slow "
    f"machine. {DEFAULT_UPDATES} unless given.",
    "beside": "What is trained beside it first, the same but for one setting: "
    f"`{'`, `'.join(BESIDE)}`, or `{NONE}`. `{NONE}` unless given.",
    "seed": f"Of the weights and of all that is drawn. A whole number from 0 to {MAX_SEED - 1}; "
    "0 unless given.",
}


@dataclass(frozen=True)
class Train2d:
    """A train2d lab as a lesson asks for it; these are the settings with which it begins.

    Args:
        points: one of `PRESETS`, or `OWN`.
        target: one of `TARGETS`.
        schedule: one of `SCHEDULE_NAMES`.
        level_told: `YES` or `NO`.
        loop: one of `LOOPS`.
        updates: of the training.
        beside: one of `BESIDE`, or `NONE`.
        seed: of the training.
    """

    points: str
    target: str
    schedule: str
    level_told: str
    loop: str
    updates: int
    beside: str
    seed: int


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    return OPTIONS


def read(lab: Lab, resources: Resources) -> Train2d:
    """Read the options of a train2d lab.

    Raises:
        BadOptions: options that it cannot take, all of them.
    """
    reading = _Reading(lab)
    settings = Train2d(
        points=reading.one_of("points", (*PRESETS, OWN)),
        target=reading.one_of("target", TARGETS),
        schedule=reading.one_of("schedule", SCHEDULE_NAMES),
        level_told=reading.one_of("level_told", (YES, NO)),
        loop=reading.one_of("loop", LOOPS),
        updates=reading.number("updates", FEWEST_UPDATES, MAX_UPDATES, DEFAULT_UPDATES),
        beside=reading.one_of("beside", (NONE, *BESIDE)),
        seed=reading.number("seed", 0, MAX_SEED - 1, 0),
    )
    if settings.beside != NONE:
        name, value = BESIDE[settings.beside]
        if asdict(settings)[name] == value:
            reading.fault(
                "beside",
                f"beside {settings.beside} is the same training: its {name} is {value} already",
            )
    if reading.faults:
        raise BadOptions(reading.faults)
    return settings


class _Reading:
    """Reads options and collects what is wrong with them."""

    def __init__(self, lab: Lab) -> None:
        self.options = lab.options
        self.faults = only(lab.options, tuple(OPTIONS), lab.kind)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words, the first unless given."""
        text = self.options.get(name, allowed[0])
        if text not in allowed:
            self.fault(name, f"unknown {name} {text[:40]!r}; allowed: {', '.join(allowed)}")
            return allowed[0]
        return text

    def number(self, name: str, least: int, most: int, usual: int) -> int:
        """Return a whole number."""
        text = self.options.get(name, str(usual))
        if re.fullmatch("[0-9]{1,16}", text) and least <= int(text) <= most:
            return int(text)
        self.fault(name, f"{name} must be a whole number from {least} to {most}, got {text[:40]!r}")
        return usual

    def fault(self, option: str, what: str) -> None:
        """Note what is wrong with an option."""
        self.faults.append(OptionFault(what, option))
