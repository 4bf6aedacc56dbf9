"""The options of a player lab as a lesson writes them, read over the defaults of the model's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.cards import Card
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, check_steps
from app.diffusion.seeds import MAX_SEED
from app.engine.run import (
    MAX_ATTENTION_COUNT,
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_IMAGE_STEPS,
    MAX_PROMPT_LENGTH,
    MAX_STEPS,
)
from app.errors import CourseError, InvalidRequest
from app.prompts import MAX_WORDS, Vocabulary

ANY_CLASS = ""
"""The form's value for a run without a class."""

NUMBERS: dict[str, tuple[type[int] | type[float], float, float]] = {
    "seed": (int, 0, MAX_SEED - 1),
    "count": (int, 1, MAX_COUNT),
    "steps": (int, 1, MAX_STEPS),
    "guidance": (float, 0.0, MAX_GUIDANCE),
    "eta": (float, 0.0, 1.0),
}
TICKS = {"true": True, "false": False}
CLASS_OPTIONS: dict[str, str | bool] = {"label": ANY_CLASS}
PROMPT_OPTIONS: dict[str, str | bool] = {"prompt": "", "negative_prompt": "", "attention": False}


@dataclass(frozen=True)
class PlayerSettings:
    """What a run is asked for with, until a learner changes it.

    `label` is a class name or empty; the prompts are empty for a model of classes.
    """

    seed: int
    count: int
    sampler: str
    steps: int
    guidance: float
    eta: float
    grid: str
    label: str = ANY_CLASS
    prompt: str = ""
    negative_prompt: str = ""
    attention: bool = False


def read_options(lab: str, card: Card, options: Mapping[str, str]) -> PlayerSettings:
    """Read a lab's options over the card's defaults.

    Args:
        lab: what faults are reported under.
        card: of the model that the lab runs.
        options: as the lesson writes them; `model` is left to the caller.

    Raises:
        CourseError: options that the player or the model does not know, all of them.
    """
    values: dict[str, str | int | float] = {
        **(CLASS_OPTIONS if card.vocabulary is None else PROMPT_OPTIONS),
        "seed": 0,
        "count": 1,
        "sampler": card.defaults.sampler,
        "steps": card.defaults.steps,
        "guidance": card.defaults.guidance,
        "eta": card.defaults.eta,
        "grid": card.defaults.grid,
    }
    faults = []
    for name, text in options.items():
        if name == "model":
            continue
        if name not in values:
            faults.append(
                f"{lab}: a player of {card.name} has no option {name!r}; it has {', '.join(values)}"
            )
            continue
        try:
            values[name] = _read_option(name, text, card)
        except ValueError as error:
            faults.append(f"{lab}: {error}")
    try:
        check_steps(str(values["grid"]), int(values["steps"]))
    except InvalidRequest as error:
        faults.append(f"{lab}: {error}")
    if int(values["count"]) * int(values["steps"]) > MAX_IMAGE_STEPS:
        faults.append(f"{lab}: count x steps must be at most {MAX_IMAGE_STEPS}")
    if values.get("attention") and int(values["count"]) > MAX_ATTENTION_COUNT:
        faults.append(f"{lab}: attention is shown for a count of at most {MAX_ATTENTION_COUNT}")
    if faults:
        raise CourseError(faults)
    return PlayerSettings(**values)  # type: ignore[arg-type]


def _read_option(name: str, text: str, card: Card) -> str | int | float:
    """Read one option.

    Raises:
        ValueError: what was given and what is allowed.
    """
    if name in NUMBERS:
        kind, least, most = NUMBERS[name]
        try:
            value = kind(text)
        except ValueError:
            value = kind(-1)
        if not least <= value <= most:
            raise ValueError(f"{name} must be a number from {least} to {most:.15g}, got {text!r}")
        return value
    if card.vocabulary is not None and name in ("prompt", "negative_prompt"):
        return _read_prompt(name, text, card.vocabulary)
    allowed = {
        "label": (ANY_CLASS, *card.classes),
        "sampler": tuple(SAMPLERS),
        "grid": tuple(GRIDS),
        "attention": tuple(TICKS),
    }[name]
    if text not in allowed:
        raise ValueError(f"unknown {name} {text!r}; allowed: {', '.join(filter(None, allowed))}")
    return TICKS[text] if name == "attention" else text


def _read_prompt(name: str, text: str, vocabulary: Vocabulary) -> str:
    """Read a prompt that an author wrote: all of it has to count.

    Raises:
        ValueError: which words the model does not know, or how many it would not read.
    """
    if len(text) > MAX_PROMPT_LENGTH:
        raise ValueError(f"{name} must have at most {MAX_PROMPT_LENGTH} letters, got {len(text)}")
    read = vocabulary.read(text)
    if read.unknown:
        raise ValueError(f"{name}: the model's vocabulary has no {', '.join(map(repr, read.unknown))}")
    if read.unread:
        raise ValueError(f"{name}: the model reads {MAX_WORDS} words, got {len(read.words) + read.unread}")
    return text
