"""What a card says of the judge beside the model: a section between two marks, written from its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cards import Card, JudgeHead
from app.diffusion.schedules import SCHEDULES, sigma

BEGIN, END = "<!-- judge: written by fromnoise judge -->", "<!-- end of judge -->"
TITLE = "## The judge beside it"
NEXT = "## What is known to go wrong"


def judge_section(card: Card, head: JudgeHead) -> str:
    """Write the section of a judge, marks included.

    Args:
        card: of the model.
        head: what the card's head says of the judge, its figures included.
    """
    figures = head.measured
    names = list(head.aspects)
    heads = ["t", "sigma", *names, *(["mean"] if len(names) > 1 else [])]
    rows = [heads, ["---"] * len(heads), *_rows(card, names, figures)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"""{BEGIN}
`judge.safetensors` is a small network of its own, {figures["parameters"]:,} numbers at half precision. It \
says what a noisy picture shows, told how much noise there is: {_told(names)}. Lessons grade predictions by \
it. It has no part in the figures above, which other judges measured.

It learnt from {figures["learnt_from"]}, mixed with noise of every level, clipped and rounded to bytes as a \
screen shows them: {figures["steps"]:,} steps of {figures["batch"]} pictures with AdamW, seed \
{figures["seed"]}, {figures["minutes"]:.0f} minutes on {figures["hardware"]}.

Wrong at each noise level, on {figures["pictures"]:,} {figures["examined_on"]}, each with fresh noise:

{table}

Of all its verdicts at these levels it is at least 90% sure of {figures["sure"]:.0%}, and of those \
{figures["sure_right"]:.1%} are right. On the straight path of flow matching the mean errors differ by at \
most {100 * figures["other_path"]:.1f} percentage points.

The same again: `{figures["command"]}`; sha256 `{head.sha256}`
{END}"""


def _rows(card: Card, names: list[str], figures: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for level, t in enumerate(figures["times"]):
        errors = [figures[f"error_{name}"][level] for name in names]
        mean = [sum(errors) / len(errors)] if len(names) > 1 else []
        noise = f"{sigma(SCHEDULES[card.schedule], t):.2f}"
        rows.append([f"{t:g}", noise, *(f"{error:.1%}" for error in (*errors, *mean))])
    return rows


def _told(names: list[str]) -> str:
    if len(names) == 1:
        return f"its {names[0]}"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def section_of(body: str) -> str:
    """Return the section of a judge in a card's body, marks included; empty where there is none."""
    _, begin, rest = body.partition(BEGIN)
    text, end, _ = rest.partition(END)
    return f"{begin}{text}{end}" if begin and end else ""


def put_section(body: str, section: str) -> str:
    """Return a card's body with this section of a judge, in the place of any before."""
    before = section_of(body)
    if before:
        return body.replace(before, section)
    above, mark, below = body.partition(NEXT)
    return f"{above.rstrip()}\n\n{TITLE}\n\n{section}\n" + (f"\n{mark}{below}" if mark else "")
