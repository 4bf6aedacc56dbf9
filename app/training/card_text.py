"""What a card says in words, and how a card becomes text: a TOML head, then prose and tables.

The measured figures stand twice: in the head, for programs, and in a table between two marks in the
body, for people. `put_measured` keeps both the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.cards import Card, Defaults
from app.front_matter import FENCE
from app.training.landscapes.scene import HELD_OUT
from app.training.made_text import Made, made_rows
from app.training.measured_text import measured_text
from app.training.recipes import Recipe

BEGIN, END = "<!-- measured: written by fromnoise evaluate -->", "<!-- end of measured -->"
NOT_YET = "Not measured yet."
TABLES = ("network", "text", "words", "defaults", "measured")


@dataclass(frozen=True)
class About:
    """What a recipe does not say about its model.

    Args:
        title: the model's name for people.
        summary: what it is and what it is for.
        licence: of the weights.
        data: name and makers of the data.
        data_licence: of the data.
        data_file: what the data set is called in commands; empty where there is none.
        weaknesses: what is known to go wrong, a sentence each.
        defaults: settings of a run that leaves them open.
        clip: whether estimates of the clean picture are kept within the range of data.
        set_apart: what took no part in training, a sentence.
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
    set_apart: str = "The test pictures took no part in training."

    def command(self, verb: str, name: str) -> str:
        """Write what a person types to train or evaluate the model of this name."""
        return f"fromnoise {verb} {name}" + (f" --data {self.data_file}" if self.data_file else "")


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
PHOTOS = About(
    title="Tiny photographs",
    summary=(
        "A diffusion model that draws photographs, 32 by 32 pixels in colour, of the class asked for or of "
        "any. It is small enough to run live on a laptop's processor, if more slowly than the other models. "
        "It serves for learning, and for nothing else."
    ),
    licence="MIT",
    data="CIFAR-10 (Krizhevsky 2009), its 50,000 training pictures, from a copy in JPEG",
    data_licence="no licence was published by its makers",
    data_file="FOLDER",
    weaknesses=(
        "It knows ten classes, as pictures of them on the web looked before 2009, cut square and shrunk.",
        "The copy it learns from has small artefacts of JPEG, which it learns too; figures are not "
        "comparable to the last digit with those of papers, which use the original.",
        "Distances between pixels do not notice a training picture that was shifted or coloured differently, "
        "so what is measured of copying rules out plain copies only.",
    ),
    defaults=Defaults(sampler="dpm_solver_pp", steps=20, guidance=1.5),
)
PAINTER = About(
    title="Landscape painter",
    summary=(
        "A small diffusion model that paints landscapes, 32 by 32 pixels in colour, from a prompt: a time "
        "of day, a terrain, something in the sky, weather, and one thing with its colour and its side. It is "
        "made to be watched and to be tried out: it knows few words, and what it makes of them can be "
        "checked. It serves for learning, and for nothing else."
    ),
    licence="MIT",
    data="landscapes drawn by this project's own generator (app/training/landscapes), with captions",
    data_licence="MIT",
    data_file="",
    weaknesses=(
        "It paints one thing in a picture: of a house and a boat it makes one of them, or a blend.",
        'It cannot count: "two trees" is one tree, since no picture of training has more than one thing.',
        "Where the prompt leaves its side open, a thing may appear on both sides at once.",
        "It paints one element of the sky and one kind of weather, and has no word for any other.",
        "What a prompt leaves open comes out as the common thing too often: where no weather is named, "
        "snowfall is in 3% of its pictures and in 6% of the drawings (5,797 prompts, without guidance).",
        "It is tuned to the twelve steps that it is measured with: more steps, which should only be truer, "
        "make its pictures a little worse (2,000 pictures without guidance, drawings at 23: 31 with 10 "
        "steps, 43 with 100).",
        'It knows the words on this card and no others; those between them, such as "on" and "under", '
        'hardly matter to it, and "no" and "without" it does not know.',
        "Colours belong to things alone: a red sky or a blue mountain cannot be asked for, and the colour "
        "may be lost or given to the wrong part.",
        "Combinations that training never showed come out wrong more often than others; the table above "
        "says which.",
        "Distances between pixels do not notice a training picture that was shifted, so what is measured of "
        "copying rules out plain copies only.",
    ),
    defaults=Defaults(sampler="dpm_solver_pp", steps=20, guidance=1.5, grid="half_rho7"),
    set_apart=(
        "The test pictures are other drawings, and no picture of training has any of these pairs: "
        + "; ".join(", ".join(pair) for pair in HELD_OUT)
        + "."
    ),
)
MEASURED_OF_THE_PAINTER = ("What a prompt leaves open", "It is tuned to the twelve steps")
PAINTER_64 = replace(
    PAINTER,
    title="Large landscape painter",
    summary=PAINTER.summary.replace("A small", "A").replace("32 by 32", "64 by 64"),
    weaknesses=tuple(text for text in PAINTER.weaknesses if not text.startswith(MEASURED_OF_THE_PAINTER)),
)
ABOUT = {"digits": DIGITS, "painter": PAINTER, "painter64": PAINTER_64, "photos": PHOTOS}


def card_text(card: Card, body: str) -> str:
    """Write a card as the file it is read from; what the model does not have is left out."""
    fields = {name: value for name, value in card.model_dump().items() if value not in ((), {}, None)}
    judge = fields.pop("judge", {})
    tables = {name: fields.pop(name) for name in TABLES if name in fields}
    if judge:
        tables["judge"] = {"sha256": judge.pop("sha256")}
        tables |= {f"judge.{name}": table for name, table in judge.items()}
    parts = [_toml(fields), *(f"\n[{name}]\n{_toml(table)}" for name, table in tables.items())]
    return f"{FENCE}\n{''.join(parts)}{FENCE}\n{body}"


def body_text(card: Card, about: About, recipe: Recipe, made: Made, parameters: int) -> str:
    """Write the prose and the tables below a new card's head."""
    table = "\n".join(
        f"| {name} | {value} |" for name, value in made_rows(card.sha256, recipe, made, parameters).items()
    )
    weaknesses = "\n".join(f"- {sentence}" for sentence in about.weaknesses)
    remark = f"\n\n{made.remark}" if made.remark else ""
    return f"""
# {about.title}

{about.summary}

**Data.** {about.data}; {about.data_licence}. {about.set_apart}
**Licence of the weights.** {about.licence}.

## How it was made

| | |
|---|---|
{table}

The same again: `{about.command("train", card.name)}`{remark}

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
        f"{before}{BEGIN}\n{measured_text(card, measured)}\n{END}{after}",
    )


def _toml(table: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in table.items())


def _value(value: Any) -> str:
    """Write a flat value; JSON's strings, numbers and lists are TOML's too."""
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise TypeError(f"a card holds flat values, not {type(value).__name__}")
