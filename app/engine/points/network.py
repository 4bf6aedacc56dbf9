"""Many small networks of one shape as one: a leading axis of learners, stepped together by batched products.

The gradients are written out: of three hidden layers they are a few lines, and one learner alone takes a
quarter of the time that autograd and torch.optim take for so little arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from app.engine.points.levels import INPUTS

WIDTHS = (INPUTS, 32, 32, 32, 2)
"""Of the layers: what is seen of a point and its level, three hidden layers, the point that is given.

The smallest that comes within a hundredth of the floor on the ring in 3,000 updates.
"""

PARAMETERS = sum((width + 1) * width_next for width, width_next in pairwise(WIDTHS))

LEARNING_RATE = 1.2e-2
STEADY_UPDATES = 500
"""The learning rate stays for so many updates, then falls along a line."""

LEAST_SHARE = 0.02
"""What is left of the learning rate at the end."""

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8

Rows = Float[Tensor, "learner row width"]
Layer = tuple[Float[Tensor, "learner width width_next"], Float[Tensor, "learner 1 width_next"]]


@dataclass
class Network:
    """One network and the state of its optimizer, as rows of parameters."""

    weights: Float[Tensor, " parameters"]
    mean: Float[Tensor, " parameters"]
    square: Float[Tensor, " parameters"]
    updates: int = 0

    @classmethod
    def new(cls, generator: np.random.Generator) -> Network:
        """Draw weights of variance 1 / inputs, a tenth of that in the last layer, and no biases."""
        parts = []
        for width, width_next in pairwise(WIDTHS):
            bound = math.sqrt((0.3 if width_next == WIDTHS[-1] else 3.0) / width)
            parts += [generator.uniform(-bound, bound, width * width_next), np.zeros(width_next)]
        weights = torch.from_numpy(np.concatenate(parts)).float()
        return cls(weights, torch.zeros(PARAMETERS), torch.zeros(PARAMETERS))

    def answering(self) -> Callable[[Float[Tensor, "row inputs"]], Float[Tensor, "row 2"]]:
        """Return a function that gives the output for every row, with the weights as they are now."""
        layers = layers_of(self.weights[None])
        return lambda rows: forward(layers, rows[None])[-1][0]


class Stack:
    """Networks that are stepped together.

    Args:
        networks: what they are now. From here on their parameters are rows of this stack, and those of the
            next one that they come into.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._weights = torch.stack([network.weights for network in networks])
        self._mean = torch.stack([network.mean for network in networks])
        self._square = torch.stack([network.square for network in networks])
        self._gradient = torch.empty_like(self._weights)
        self._layers = layers_of(self._weights)
        self._gradients = layers_of(self._gradient)
        rows = zip(self._weights, self._mean, self._square, strict=True)
        for network, parts in zip(networks, rows, strict=True):
            network.weights, network.mean, network.square = parts

    @torch.inference_mode()
    def step(
        self,
        inputs: Float[Tensor, "learner row inputs"],
        targets: Float[Tensor, "learner row 2"],
        rates: Sequence[float],
    ) -> Float[Tensor, "learner row"]:
        """Take one step of Adam on each network's mean squared error, and return the errors before it.

        Args:
            inputs: the rows of each network.
            targets: what each row should give.
            rates: the learning rate of each.
        """
        signals = forward(self._layers, inputs)
        residuals = signals[-1] - targets
        self._backward(signals, residuals / residuals.shape[1])
        self._adam(rates)
        return residuals.square_().mean(dim=2)

    def _backward(self, signals: list[Rows], slope: Rows) -> None:
        """Fill the gradients, from the last layer to the first.

        Args:
            signals: what `forward` gave.
            slope: of half the summed error, by the outputs.
        """
        for index in reversed(range(len(self._layers))):
            above, below = self._gradients[index], signals[2 * index]
            torch.bmm(below.transpose(1, 2), slope, out=above[0])
            torch.sum(slope, dim=1, keepdim=True, out=above[1])
            if index:
                slope = torch.bmm(slope, self._layers[index][0].transpose(1, 2))
                slope = torch.ops.aten.silu_backward(slope, signals[2 * index - 1])

    def _adam(self, rates: Sequence[float]) -> None:
        """Take the step. Reference: Kingma & Ba 2015 (1412.6980), Algorithm 1."""
        steps = []
        for network, rate in zip(self._networks, rates, strict=True):
            network.updates += 1
            unbiased = math.sqrt(1.0 - BETA_2**network.updates)
            steps.append((-rate * unbiased / (1.0 - BETA_1**network.updates), EPSILON * unbiased))
        sizes, floors = torch.tensor(steps)[:, :, None].unbind(dim=1)
        self._mean.lerp_(self._gradient, 1.0 - BETA_1)
        self._square.mul_(BETA_2).addcmul_(self._gradient, self._gradient, value=1.0 - BETA_2)
        self._weights.addcdiv_(self._mean * sizes, self._square.sqrt().add_(floors))


def learning_rate(update: int, updates: int) -> float:
    """Return the learning rate of an update, counted from 0, of so many."""
    if updates <= STEADY_UPDATES:
        return LEARNING_RATE
    return LEARNING_RATE * min(1.0, max(LEAST_SHARE, (updates - update) / (updates - STEADY_UPDATES)))


def layers_of(flat: Float[Tensor, "learner parameters"]) -> list[Layer]:
    """Show rows of parameters as weights and biases, layer by layer, in the same memory."""
    layers, begin = [], 0
    for width, width_next in pairwise(WIDTHS):
        middle = begin + width * width_next
        weight = flat[:, begin:middle].view(-1, width, width_next)
        begin = middle + width_next
        layers.append((weight, flat[:, None, middle:begin]))
    return layers


def forward(layers: Sequence[Layer], rows: Rows) -> list[Rows]:
    """Return all signals: the input, then of each hidden layer those before and after SiLU, the output."""
    signals = [rows]
    for weight, bias in layers[:-1]:
        signals.append(torch.baddbmm(bias, signals[-1], weight))
        signals.append(torch.nn.functional.silu(signals[-1]))
    signals.append(torch.baddbmm(layers[-1][1], signals[-1], layers[-1][0]))
    return signals
