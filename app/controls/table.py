"""The settings of a run, each described once: forms, lessons, links, scripts and commands read this table.

Its order is that of links. At the end stand the rules that join two settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.cards import Card
from app.controls.control import Condition, Control, Cost, Kind
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, check_steps, fewest_steps
from app.diffusion.seeds import MAX_SEED
from app.errors import InvalidRequest
from app.ranges import MAX_ETA, MAX_GUIDANCE, MAX_STEPS

MAX_IMAGE_STEPS = 3200
MAX_ATTENTION_COUNT = 4
"""Pictures of a run whose attention is shown: a map for every word and step is a lot to send."""

MAX_COUNT = 16
MAX_PROMPT_LENGTH = 500
"""Letters of a prompt: enough for 24 words, and so few that no text of theirs takes long to normalise."""

GUIDANCE_DECIMALS = 6
"""Single precision, in which guidance is applied, still tells so small a step from 0 and from 1."""

NEUTRAL_GUIDANCE = (0.0, 1.0)
"""Guidance that needs one estimate of the network: that of one condition alone."""

GRID_TITLES = {
    "uniform": "evenly in time",
    "log_snr": "evenly in log-SNR",
    "rho7": "densest near the picture (rho 7)",
    "half_rho7": "half way between even and rho 7",
}
"""Every grid in words, short enough for a menu on a phone."""


def _fewest_in_words() -> str:
    """Say how many steps those grids need that do not take any number."""
    needs = [
        f"“{GRID_TITLES[name]}” takes at least {fewest_steps(name)} steps"
        for name in GRIDS
        if fewest_steps(name) > 1
    ]
    return f"Here {', and '.join(needs)}."


_ALL = (
    Control(
        "label",
        Kind.LABEL,
        "Class",
        "What to draw.",
        in_forms="With “any” the model is told nothing.",
        left_out="Left out: no class.",
        condition=Condition.CLASS,
        cost=Cost.CONDITION,
    ),
    Control(
        "prompt",
        Kind.TEXT,
        "Prompt",
        "What to paint. The model reads the words of its vocabulary and leaves out all others; "
        "without either prompt it paints whatever it likes.",
        longest=MAX_PROMPT_LENGTH,
        lines=2,
        condition=Condition.PROMPT,
        cost=Cost.CONDITION,
    ),
    Control(
        "negative_prompt",
        Kind.TEXT,
        "Away from (negative prompt)",
        "What the picture is led away from, with a guidance above 1. At 1 these words count "
        "for nothing; below 1 the picture is drawn towards them.",
        noun="negative prompt",
        longest=MAX_PROMPT_LENGTH,
        condition=Condition.PROMPT,
        cost=Cost.CONDITION,
    ),
    Control(
        "seed",
        Kind.WHOLE,
        "Seed",
        "Chooses the starting noise. The same seed and settings give the same picture again.",
        most=MAX_SEED - 1,
        default=0,
    ),
    Control(
        "count",
        Kind.WHOLE,
        "Pictures",
        "How many pictures at once, each from noise of its own.",
        least=1,
        most=MAX_COUNT,
        default=1,
        cost=Cost.PICTURES,
    ),
    Control(
        "sampler",
        Kind.CHOICE,
        "Sampler",
        "The rule that makes the next picture out of the model's guess. The model stays the same.",
        choices={name: sampler.title for name, sampler in SAMPLERS.items()},
        has_card_default=True,
        cost=Cost.CALLS,
    ),
    Control(
        "steps",
        Kind.WHOLE,
        "Steps",
        "How many small moves lead from noise to picture. More take longer.",
        least=1,
        most=MAX_STEPS,
        has_card_default=True,
        cost=Cost.STEPS,
    ),
    Control(
        "guidance",
        Kind.REAL,
        "Guidance",
        "How closely to follow the class: 0 ignores it, 1 is plain, more exaggerates.",
        prompt_help="How closely to follow the prompt: 0 ignores it, 1 is plain, more exaggerates it and "
        "leads away from the negative prompt.",
        most=MAX_GUIDANCE,
        has_card_default=True,
        cost=Cost.GUIDANCE,
        neutral=NEUTRAL_GUIDANCE,
        decimals=GUIDANCE_DECIMALS,
    ),
    Control(
        "eta",
        Kind.REAL,
        "Fresh noise",
        "How much fresh noise DDIM puts back at each step: 0 none, 1 as much as DDPM with the "
        "small variance.",
        symbol="eta",
        most=MAX_ETA,
        has_card_default=True,
        needs_eta=True,
    ),
    Control(
        "grid",
        Kind.CHOICE,
        "Spread of the steps",
        "How the steps are spread over the noise levels.",
        in_forms=_fewest_in_words(),
        choices={name: GRID_TITLES.get(name, name) for name in GRIDS},
        has_card_default=True,
    ),
    Control(
        "attention",
        Kind.TICK,
        "Show what each word drew",
        "Keeps for every step how much each part of the picture looked at each word.",
        default=False,
        condition=Condition.PROMPT,
        cost=Cost.APART,
        changes_pictures=False,
    ),
)

CONTROLS: dict[str, Control] = {control.name: control for control in _ALL}


def controls_of(card: Card) -> tuple[Control, ...]:
    """Return the controls that this model has, in the table's order."""
    return tuple(control for control in CONTROLS.values() if control.is_of(card))


def rules_in_words() -> tuple[str, ...]:
    """Say the rules that join two settings, for those who write lessons."""
    grids = [f"{fewest_steps(name)} for `{name}`" for name in GRIDS if fewest_steps(name) > 1]
    return (
        f"`count` times `steps` is at most {MAX_IMAGE_STEPS}.",
        f"Fewest `steps` of a `grid`: {', '.join(grids)}, 1 for the others.",
        f"With `attention`, `count` is at most {MAX_ATTENTION_COUNT}.",
    )


def broken_rules(count: int, steps: int, grid: str, attention: bool = False) -> Iterator[InvalidRequest]:
    """Give an error for each rule that these settings break together; it names the field to change."""
    try:
        check_steps(grid, steps)
    except InvalidRequest as error:
        yield error
    if count * steps > MAX_IMAGE_STEPS:
        yield InvalidRequest(
            f"{count} pictures of {steps} steps are too much at once: pictures times steps must be at most "
            f"{MAX_IMAGE_STEPS}, got {count * steps}; ask for fewer pictures or fewer steps",
            "steps",
        )
    if attention and count > MAX_ATTENTION_COUNT:
        yield InvalidRequest(
            f"what each word drew is shown for at most {MAX_ATTENTION_COUNT} pictures at once, got {count}",
            "count",
        )
