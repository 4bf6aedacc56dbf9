"""How many things a picture shows: a judge of its own counts them, taught by drawings that have two.

No picture of training has more than one thing. Where a prompt leaves its side open, a painter may follow
both possibilities at once and paint the thing twice; the judge of attributes cannot tell.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app.training.aspects import UNSAID, Known
from app.training.landscapes.canvas import PICTURE
from app.training.landscapes.drawing import draw
from app.training.landscapes.drawings import Drawings, Numbered
from app.training.landscapes.obedience import THING
from app.training.landscapes.prompts import Prompts
from app.training.landscapes.scene import ATTRIBUTES, NONE, Scene, any_scene
from app.training.metrics import wilson

COUNTED = {"things": 3}
"""The one aspect: none, one or two."""

TWO = 2


def counted(seed: int, side: int = PICTURE) -> Numbered:
    """Return what draws the numbered pictures of a seed: those with odd numbers show their thing twice."""
    return partial(_counted, seed, side)


def counts(drawings: Drawings) -> Known:
    """Return numbered pictures of `counted`, from 0 on, with how many things each shows."""
    shown = [
        0 if scene.thing == NONE else 1 + _is_doubled(number) for number, scene in enumerate(drawings.scenes)
    ]
    return Known(drawings.pixels, torch.tensor(shown)[:, None])


def doubled(
    painted: Int[Tensor, "batch 1"], drawn: Int[Tensor, "batch 1"], prompts: Prompts
) -> dict[str, Any]:
    """Count the pictures that are to show a thing and show it twice.

    Args:
        painted: how many things the judge sees in each picture.
        drawn: how many it sees in a drawing of each scene, which has one at most: where it errs.
        prompts: what the pictures were asked for.

    Returns:
        `doubled`, the share; `doubled_interval`; and `doubled_of_drawings`.
    """
    thing = prompts.asked.shown[:, THING]
    asked = (thing != UNSAID) & (thing != ATTRIBUTES["thing"].index(NONE))
    hits, count = int((painted[asked, 0] == TWO).sum()), int(asked.sum())
    return {
        "doubled": hits / count,
        "doubled_interval": list(wilson(hits, count)),
        "doubled_of_drawings": float((drawn[asked, 0] == TWO).double().mean()),
    }


def _counted(seed: int, side: int, number: int) -> tuple[Scene, UInt8[Tensor, "channel height width"]]:
    generator = np.random.default_rng((seed, number))
    scene = any_scene(generator)
    pixels = draw(scene, generator, twice=_is_doubled(number), side=side)
    return scene, torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def _is_doubled(number: int) -> bool:
    return number % 2 == 1
