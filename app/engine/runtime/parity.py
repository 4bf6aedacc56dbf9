"""What executes a network, and whether it may stand in for the plain one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from app.cards import Card
from app.engine.conditions import examples

TOLERANCE = 1e-3
"""Largest difference from eager, in units of v (whose standard deviation is about 1)."""

BATCHES = (1, 3, 8)
CPU = torch.device("cpu")


class Runtime(Protocol):
    """Something that executes a network."""

    @property
    def name(self) -> str:
        """What it is called."""

    def __call__(self, x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Predict from (x_t, t, condition)."""


def agrees(
    candidate: Runtime,
    reference: Runtime,
    card: Card,
    *,
    device: torch.device = CPU,
    tolerance: float = TOLERANCE,
    batches: Sequence[int] = BATCHES,
) -> bool:
    """Compare two runtimes on fixed inputs at several batch sizes, levels and conditions.

    Args:
        candidate: what is to be used.
        reference: the plain one.
        card: of the model.
        device: where both take their inputs.
        tolerance: the largest difference that any prediction may have.
        batches: the batch sizes.
    """
    generator = torch.Generator().manual_seed(0)
    for batch in batches:
        x_t = torch.randn(batch, *card.shape, generator=generator).to(device)
        t = torch.linspace(0.05, 0.999, batch).to(device)
        condition = examples(card, batch).to(device)
        difference = (candidate(x_t, t, condition) - reference(x_t, t, condition)).abs().max().item()
        if not difference <= tolerance:
            return False
    return True
