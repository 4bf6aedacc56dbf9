"""Cards of models that a lab clean-by-hand can, and cannot, ask."""

from __future__ import annotations

from pathlib import Path

from app.cards import CardFile, Defaults
from tests.cards import made_up_card

DEFAULTS = Defaults(sampler="ddim", steps=4, guidance=1.0)
NOWHERE = Path("/nowhere")


def file_of(name: str, shape: tuple[int, int, int]) -> CardFile:
    return CardFile(made_up_card(name, shape, DEFAULTS, classes=("0", "1")), "", NOWHERE)


CARDS = {
    "colour": file_of("colour", (3, 28, 28)),
    "digits": file_of("digits", (1, 28, 28)),
    "large": file_of("large", (1, 32, 32)),
}
