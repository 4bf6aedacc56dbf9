"""A card of classes and a card of prompts, of models that need not exist."""

from __future__ import annotations

from app.cards import Defaults
from tests.cards import made_up_card

DIGITS = made_up_card(
    "digits",
    (1, 28, 28),
    Defaults(sampler="ddim", steps=50, guidance=2.0, eta=0.25, grid="log_snr"),
    classes=("zero", "one"),
)
PAINTER = made_up_card(
    "painter",
    (3, 32, 32),
    Defaults(sampler="heun", steps=20, guidance=3.0),
    words={"time": ("day noon", "night"), "thing": ("house home", "tree"), "other": ("a",)},
)
