"""Does the painter paint what a prompt says: the judge looks for every attribute that is named."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from app.training.aspects import UNSAID
from app.training.judge import Opinion
from app.training.landscapes.prompts import NO_PAIR, Prompts
from app.training.landscapes.scene import ATTRIBUTES, HELD_OUT, NONE
from app.training.metrics import wilson

WEATHER, THING, COLOUR, SIDE = (
    list(ATTRIBUTES).index(name) for name in ("weather", "thing", "colour", "side")
)


def obedience(painted: Opinion, drawn: Opinion, prompts: Prompts) -> dict[str, Any]:
    """Compare what the judge sees in pictures with what their prompts say.

    Args:
        painted: the judge's opinion of the pictures that were painted for the prompts.
        drawn: its opinion of drawings of the same scenes, the floor: what it misses there is no fault.
        prompts: what was asked for.

    Returns:
        The figures of `_joint` for all pictures together, with `ratio`, the share over that of drawings, and
        its interval, 0 if the judge recognises no drawing and so can vouch for nothing; for each attribute
        how often it was asked for and seen; `wrong_colour` and `wrong_side`, where the thing was right;
        `unasked_for`, how often there is weather or a thing where the prompt has no word of it and the
        drawing none; and the figures of `_joint` for each held-out pair.

        The interval of the ratio takes the share of drawings as exact: it is near 1, and of as many.
    """
    joint = _joint(painted, drawn, prompts, torch.ones(len(prompts.pair), dtype=torch.bool))
    floor = joint["share_of_drawings"]
    return {
        **joint,
        "ratio": joint["share"] / floor if floor else 0.0,
        "ratio_interval": [bound / floor if floor else 0.0 for bound in joint["interval"]],
        "attributes": _attributes(painted, drawn, prompts),
        "wrong_colour": _wrong(painted, prompts, COLOUR),
        "wrong_side": _wrong(painted, prompts, SIDE),
        "unasked_for": _unasked_for(painted, drawn, prompts),
        "pairs": {
            name_of(number): _joint(painted, drawn, prompts, prompts.pair == number)
            for number in sorted(set(prompts.pair.tolist()) - {NO_PAIR})
        },
    }


def name_of(pair: int) -> str:
    """Name a held-out pair by its two values."""
    return " and ".join(attribute.split(" ")[1] for attribute in HELD_OUT[pair])


def _joint(
    painted: Opinion, drawn: Opinion, prompts: Prompts, chosen: Bool[Tensor, " batch"]
) -> dict[str, Any]:
    """Count pictures in which every attribute named is seen: the share, its interval, that of drawings."""
    shown = prompts.asked.shown
    obeys = painted.agrees(shown).all(dim=1)[chosen]
    floor = drawn.agrees(shown).all(dim=1)[chosen]
    hits, count = int(obeys.sum()), len(obeys)
    return {
        "asked": count,
        "obeyed": hits,
        "share": hits / count,
        "interval": list(wilson(hits, count)),
        "share_of_drawings": float(floor.double().mean()),
    }


def _attributes(painted: Opinion, drawn: Opinion, prompts: Prompts) -> dict[str, dict[str, float]]:
    found = {}
    for column, name in enumerate(ATTRIBUTES):
        said = prompts.asked.shown[:, column] != UNSAID
        if said.any():
            shares = {
                key: float(opinion.agrees(prompts.asked.shown)[said, column].double().mean())
                for key, opinion in (("share", painted), ("share_of_drawings", drawn))
            }
            found[name] = {"asked": int(said.sum()), **shares}
    return found


def _unasked_for(painted: Opinion, drawn: Opinion, prompts: Prompts) -> float:
    """Return how often weather or a thing is seen, of the pictures whose prompts leave it out for good."""
    shown, open_to_it = [], []
    for column in (WEATHER, THING):
        nothing = list(ATTRIBUTES.values())[column].index(NONE)
        left_out = (prompts.asked.shown[:, column] == UNSAID) & (drawn.shown[:, column] == nothing)
        open_to_it.append(left_out)
        shown.append(left_out & (painted.shown[:, column] != nothing))
    asked = torch.cat(open_to_it)
    return float(torch.cat(shown)[asked].double().mean()) if asked.any() else 0.0


def _wrong(painted: Opinion, prompts: Prompts, column: int) -> float:
    """Return how often an attribute of the thing is wrong, among pictures whose thing is right."""
    agrees, said = painted.agrees(prompts.asked.shown), prompts.asked.shown != UNSAID
    thing_right = agrees[:, THING] & said[:, THING] & said[:, column]
    if not thing_right.any():
        return 0.0
    return float((~agrees[thing_right, column]).double().mean())
