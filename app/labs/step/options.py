"""The options of a lab step: the run that is taken apart, and the step and the pixel that it opens with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.controls.request import RunRequest
from app.course.directives import Lab
from app.labs.options import BadOptions, MissingModel, OptionFault, Resources
from app.labs.player.appearance import OPTIONS as APPEARANCE
from app.labs.player.options import Player
from app.labs.player.options import described as described_player
from app.labs.player.options import read as read_player
from app.numbers import whole_number

LEFT_OUT = ("count", "attention")
"""Settings of a player that this lab has not: it shows one picture."""

OPTIONS = {
    "step": "The step that is on show first, from 0 on; the middle one unless given.",
    "x": "The column of the pixel on show first, from 0 at the left; the middle one unless given.",
    "y": "Its row, from 0 at the top; the middle one unless given.",
}


@dataclass(frozen=True)
class StepLab:
    """A lab step as a lesson asks for it.

    Args:
        player: the run, as a player of one picture has it.
        step: on show first.
        x: the column of the pixel on show first.
        y: its row.
        lesson: the slug of its lesson; empty on the lab's own page.
    """

    player: Player
    step: int
    x: int
    y: int
    lesson: str


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    taken = (*APPEARANCE, *LEFT_OUT)
    return {name: text for name, text in described_player().items() if name not in taken} | OPTIONS


def read(lab: Lab, resources: Resources) -> StepLab:
    """Read the options of a lab step.

    Raises:
        BadOptions: options that it or its model cannot take, all of them.
        MissingModel: its model is not on this server.
    """
    allowed = described()
    faults = [
        OptionFault(f"unknown option {name!r} of the lab 'step'; it takes {', '.join(allowed)}", name)
        for name in lab.options
        if name not in allowed
    ]
    own = {name: lab.options.get(name) for name in OPTIONS}
    run = {name: text for name, text in lab.options.items() if name in allowed and name not in OPTIONS}
    try:
        player = read_player(replace(lab, options=run), resources)
    except BadOptions as bad:
        raise BadOptions([*faults, *bad.faults]) from bad
    except MissingModel as missing:
        if faults:
            raise BadOptions(faults, missing) from missing
        raise
    _, height, width = player.file.card.shape
    steps = player.settings.steps or 1
    places = {
        name: _place(name, own[name], most, faults)
        for name, most in (("step", steps - 1), ("x", width - 1), ("y", height - 1))
    }
    if faults:
        raise BadOptions(faults)
    return StepLab(player, **places, lesson=resources.lesson)


def run(settings: StepLab) -> RunRequest:
    """Return what the lab runs until a learner changes it."""
    return settings.player.settings


def fixed(settings: StepLab) -> Collection[str]:
    """Name the settings that a learner cannot change: those without a field on the plate."""
    return [name for name in type(settings.player.settings).model_fields if name not in SHOWN]


SHOWN = ("sampler", "seed", "eta")
"""Settings of the run that the plate has fields for."""


def _place(name: str, text: str | None, most: int, faults: list[OptionFault]) -> int:
    if text is None:
        return (most + 1) // 2
    number = whole_number(text)
    if number is None or not 0 <= number <= most:
        faults.append(OptionFault(f"{name} must be a whole number from 0 to {most}, got {text[:40]!r}", name))
        return 0
    return number
