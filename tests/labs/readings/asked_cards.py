"""Cards of models that a lab readings can, and cannot, ask."""

from __future__ import annotations

from pathlib import Path

from app.cards import CardFile, Defaults
from tests.cards import made_up_card

DEFAULTS = Defaults(sampler="ddim", steps=4, guidance=1.0)
NOWHERE = Path("/nowhere")


def file_of(name: str, shape: tuple[int, int, int], **fields: object) -> CardFile:
    return CardFile(made_up_card(name, shape, DEFAULTS, classes=("0", "1"), **fields), "", NOWHERE)


CARDS = {
    "colour": file_of("colour", (3, 32, 32)),
    "digits": file_of("digits", (1, 28, 28)),
    "straight": file_of("straight", (1, 28, 28), schedule="flow"),
    "early": file_of("early", (1, 28, 28), t_max=0.9),
}
