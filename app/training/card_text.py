"""What a card says in words, and how a card becomes text: a TOML head, then prose and tables.

The measured figures stand twice: in the head, for programs, and in a table between two marks in the
body, for people. `put_measured` keeps both the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.cards import Card, Defaults
from app.front_matter import FENCE
from app.training.recipes import Recipe
from app.training.targets import TARGETS

BEGIN, END = "<!-- measured: written by fromnoise evaluate -->", "<!-- end of measured -->"
NOT_YET = "Not measured yet."


@dataclass(frozen=True)
class About:
    """What a recipe does not say about its model.

    Args:
        title: the model's name for people.
        summary: what it is and what it is for.
        licence: of the weights.
        data: name and makers of the data.
        data_licence: of the data.
        data_file: what the data file is called in commands.
        weaknesses: what is known to go wrong, a sentence each.
        defaults: settings of a run that leaves them open.
        clip: whether estimates of the clean picture are kept within the range of data.
    """

    title: str
    summary: str
    licence: str
    data: str
    data_licence: str
    data_file: str
    weaknesses: tuple[str, ...]
    defaults: Defaults
    clip: bool = True


@dataclass(frozen=True)
class Made:
    """How one training run went.

    Args:
        hardware: what machine it ran on.
        seconds: how long it took.
        remark: where the run differed from the recipe as it stands; empty when it did not.
    """

    hardware: str
    seconds: float
    remark: str = ""


DIGITS = About(
    title="Handwritten digits",
    summary=(
        "A small diffusion model that draws handwritten digits, 28 by 28 grey pixels, of the class asked "
        "for or of any. It is made to be watched: small enough that a laptop's processor shows every step "
        "as it happens. It serves for learning, and for nothing else."
    ),
    licence="MIT",
    data="MNIST, handwritten digits (LeCun, Cortes, Burges), its 60,000 training pictures",
    data_licence="CC BY-SA 3.0",
    data_file="mnist.npz",
    weaknesses=(
        "It knows ten classes in one style of picture: centred, white on black, written in the United States "
        "before 1995.",
        "Now and then a stroke is broken, or a digit lies between two classes, as some of the data do.",
        "Distances between pixels do not notice a training picture that was shifted or turned, so what is "
        "measured of copying rules out plain copies only.",
    ),
    defaults=Defaults(sampler="dpm_solver_pp", steps=20, guidance=1.2),
)
ABOUT = {"digits": DIGITS}


def card_text(card: Card, body: str) -> str:
    """Write a card as the file it is read from."""
    fields = card.model_dump()
    tables = {name: fields.pop(name) for name in ("network", "defaults", "measured")}
    parts = [_toml(fields), *(f"\n[{name}]\n{_toml(table)}" for name, table in tables.items())]
    return f"{FENCE}\n{''.join(parts)}{FENCE}\n{body}"


def body_text(card: Card, about: About, recipe: Recipe, made: Made, parameters: int) -> str:
    """Write the prose and the tables below a new card's head."""
    network = recipe.network
    rows = {
        "network": f"U-Net on 2x2-folded pixels, widths {network.widths}, {network.blocks} blocks a level, "
        f"attention with {network.heads} heads in the middle, {parameters:,} numbers",
        "prediction": f"v on the cosine schedule, t up to {recipe.t_max:g}, "
        f"{recipe.uniform_share:.0%} drawn evenly and the rest logit-normal",
        "classes": f"{network.classes}, not told to the network for {recipe.label_dropout:.0%} of pictures",
        "training": f"{recipe.steps:,} steps of {recipe.batch} pictures",
        "optimiser": f"Muon for hidden convolutions, rate {recipe.kernel_rate:g}; AdamW for the rest, "
        f"{recipe.learning_rate:g}, weight decay {recipe.weight_decay:g}; {recipe.warmup} steps of warm-up, "
        f"falling to 0 over the last {recipe.decay_share:.0%}",
        "weights": f"moving average, decay {recipe.ema:g}; half precision on disk, single when used",
        "seed": str(recipe.seed),
        "hardware": made.hardware,
        "time": f"{made.seconds / 60:.0f} minutes",
        "sha256": f"`{card.sha256}`",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    weaknesses = "\n".join(f"- {sentence}" for sentence in about.weaknesses)
    remark = f"\n\n{made.remark}" if made.remark else ""
    return f"""
# {about.title}

{about.summary}

**Data.** {about.data}; {about.data_licence}. The test pictures took no part in training.
**Licence of the weights.** {about.licence}.

## How it was made

| | |
|---|---|
{table}

The same again: `fromnoise train {card.name} --data {about.data_file}`{remark}

## How good it is

{BEGIN}
{NOT_YET}
{END}

## What is known to go wrong

{weaknesses}
"""


def put_measured(card: Card, body: str, measured: Mapping[str, Any]) -> tuple[Card, str]:
    """Return card and body with these figures in place of any before.

    Raises:
        ValueError: the body has lost the marks between which the table stands.
    """
    before, begin, rest = body.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the card of {card.name} must hold the lines {BEGIN!r} and {END!r}")
    return (
        card.model_copy(update={"measured": dict(measured)}),
        f"{before}{BEGIN}\n{measured_table(measured)}\n{END}{after}",
    )


def measured_table(measured: Mapping[str, Any]) -> str:
    """Write the figures that have targets as a Markdown table, with how they came about below it."""
    rows = [
        f"| {target.title} | {target.text(value)} | {target.wanted} | {_yes(target.met(value))} |"
        for target in TARGETS
        if (value := measured.get(target.key)) is not None
    ]
    return "\n".join(
        [
            "| figure | measured | wanted | met |",
            "|---|---|---|---|",
            *rows,
            "",
            f"{measured['count']:,} pictures: {measured['sampler']}, {measured['steps']} steps "
            f"({measured['calls']} network calls a picture), guidance {measured['guidance']:g}, eta "
            f"{measured.get('eta', 0.0):g}, seed "
            f"{measured['seed']}. Fréchet distance, precision and recall are in the features of a classifier "
            f"that is right on {measured['judge_accuracy_on_test']:.2%} of the test pictures; the real "
            f"pictures to compare with are among {measured['held_out']:,} training pictures it never saw. "
            "The second classifier, a support vector machine, is right on "
            f"{measured['second_accuracy_on_test']:.2%} of the test pictures.",
            "",
            f"Measured by `{measured['command']}`",
        ]
    )


def _yes(met: bool) -> str:
    return "yes" if met else "no"


def _toml(table: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in table.items())


def _value(value: Any) -> str:
    """Write a flat value; JSON's strings, numbers and lists are TOML's too."""
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise TypeError(f"a card holds flat values, not {type(value).__name__}")
