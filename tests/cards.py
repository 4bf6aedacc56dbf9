"""Cards of models that need not exist, for tests that look at nothing but the card."""

from __future__ import annotations

from typing import Any

from app.cards import Card, Defaults


def made_up_card(name: str, shape: tuple[int, int, int], defaults: Defaults, **fields: Any) -> Card:
    """Make a card of `classes` or of `words`; what `fields` leave open is as in the models that ship."""
    usual = {
        "title": name.capitalize(),
        "schedule": "cosine",
        "prediction": "v",
        "t_max": 0.999,
        "clip": True,
        "licence": "MIT",
        "data": "none",
        "data_licence": "CC0",
        "sha256": "0" * 64,
        "network": {},
    }
    return Card.model_validate({"name": name, "shape": shape, "defaults": defaults} | usual | fields)
