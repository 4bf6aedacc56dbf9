"""What the network is told beside the noise level: the index of a class, or the tokens of a prompt."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from app.cards import Card
from app.controls.request import read_request
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.prompts import MAX_WORDS, PAD, padded

LENGTHS = (5, 0, MAX_WORDS, 1, 12, 2, 17, 8)
"""Words of the prompts that runtimes are compared on."""


def wanted(spec: RunSpec, card: Card, count: int) -> Int[Tensor, "batch ..."]:
    """Return what a run asks for, once for each of `count` pictures."""
    return _repeated(card, count, spec.label, spec.prompt)


def negative_condition(spec: RunSpec, card: Card, count: int) -> Int[Tensor, "batch ..."]:
    """Return what guidance leads a run away from, once for each picture: its negative prompt, or nothing."""
    return _repeated(card, count, None, spec.negative_prompt)


def asked(card: Card, label: str | int | None, prompt: str | None) -> Int[Tensor, "1 ..."]:
    """Return what the network is told of one picture; nothing where both are None.

    Args:
        card: of the model.
        label: the name or the index of a class.
        prompt: any text.

    Raises:
        InvalidRequest: an unknown label, or the kind of condition that the model does not take.
    """
    given = {"model": card.name, "label": label, "prompt": prompt, "guidance": 1.0}
    return wanted(read_run(read_request(given), card).spec, card, 1)


def examples(card: Card, count: int) -> Int[Tensor, "batch ..."]:
    """Return conditions of every sort: each class and none, or prompts of no word to as many as are read."""
    if card.vocabulary is None:
        return torch.arange(count) % (len(card.classes) + 1)
    words = torch.arange(count)[:, None] * 7 + torch.arange(MAX_WORDS)
    tokens = PAD + 1 + words % (card.vocabulary.size - 1)
    lengths = torch.tensor([LENGTHS[index % len(LENGTHS)] for index in range(count)])
    return tokens.where(torch.arange(MAX_WORDS) < lengths[:, None], PAD)


def _repeated(card: Card, count: int, label: int | None, prompt: str) -> Int[Tensor, "batch ..."]:
    if card.vocabulary is None:
        return torch.full((count,), len(card.classes) if label is None else label)
    return torch.tensor([padded(card.vocabulary.tokens_of(prompt))]).repeat(count, 1)
