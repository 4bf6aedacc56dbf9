"""What the viewers of a measurement ask for: of a model of classes one class, of others a prompt each."""

from __future__ import annotations

import torch
from torch import Tensor

from app.cards import Card
from app.engine import conditions


def asked(card: Card, viewer: int = 0) -> dict[str, str]:
    """Return the fields of a run's request that say what to draw."""
    if card.vocabulary is None:
        return {"label": card.classes[0]}
    kinds = list(card.words.values())[:2]
    return {"prompt": " ".join(entries[viewer % len(entries)].split()[0] for entries in kinds)}


def conditions_of(card: Card, viewers: int) -> Tensor:
    """Return what the network is told of the same, a picture for each viewer."""
    each = (asked(card, viewer) for viewer in range(viewers))
    return torch.cat([conditions.asked(card, one.get("label"), one.get("prompt")) for one in each])
