"""A card of classes and a card of prompts, and the runs that requests to their models are read as."""

from __future__ import annotations

from app.cards import Defaults
from app.controls.request import RunRequest, read_request
from app.engine.reading import read_run
from tests.cards import made_up_card

CARD = made_up_card(
    "tiny",
    (1, 8, 8),
    Defaults(sampler="heun", steps=40, guidance=2.5, eta=0.5, grid="rho7"),
    classes=("round", "square", "third"),
)
PAINTER = made_up_card(
    "painter",
    CARD.shape,
    CARD.defaults,
    words={
        "time": ("dawn daybreak", "night midnight"),
        "terrain": ("sea ocean", "hills hill"),
        "other": ("a an", "the", "over"),
    },
)


def spec(**settings):
    return read_run(RunRequest.model_validate({"model": "tiny"} | settings), CARD).spec


def painting(**settings):
    return read_run(read_request({"model": "painter"} | settings), PAINTER).spec
