"""Trainings whose networks are one stack, stepped together; several such groups run beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from app.engine.points.network import Stack
from app.engine.points.training import Training

FEWEST_APART = 4
"""Below so many trainings a group is not divided: it would take as long as before."""


class Together:
    """A group of trainings.

    Args:
        trainings: none of them due for a report.
    """

    def __init__(self, trainings: Sequence[Training]) -> None:
        self.trainings = trainings
        self._stack = Stack([training.network for training in trainings])

    def advance(self, updates: int) -> None:
        """Make so many updates of each."""
        examples = [training.stream.take(updates) for training in self.trainings]
        rates = list(zip(*(training.rates(updates) for training in self.trainings), strict=True))
        inputs = torch.stack([taken.inputs for taken in examples], dim=1)
        targets = torch.stack([taken.targets for taken in examples], dim=1)
        errors = torch.stack(
            [self._stack.step(inputs[update], targets[update], rates[update]) for update in range(updates)]
        )
        for place, (training, taken) in enumerate(zip(self.trainings, examples, strict=True)):
            training.note(taken, errors[:, place])


def divided(trainings: Sequence[Training], workers: int) -> list[Together]:
    """Divide trainings into at most so many groups of about the same size."""
    groups = max(1, min(workers, len(trainings) // FEWEST_APART))
    return [Together(trainings[group::groups]) for group in range(groups)]
