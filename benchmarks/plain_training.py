"""The usual loop of PyTorch: the same network on the same kind of examples, for comparison."""

from __future__ import annotations

import math
import time

import torch
from torch import nn

from app.engine.points.datasets import RING_RADIUS, RING_STD
from app.engine.points.examples import BATCH
from app.engine.points.levels import FREQUENCIES, TOLD
from app.engine.points.network import LEARNING_RATE, WIDTHS

LEARNERS = 30


def plain_rate(updates: int) -> float:
    """Train one network by autograd and torch.optim, and return its updates a second."""
    width = WIDTHS[1]
    network = nn.Sequential(
        nn.Linear(WIDTHS[0], width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, 2),
    )
    optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    began = time.perf_counter()
    for _ in range(updates):
        turns = torch.randint(0, 8, (BATCH,)) * (math.pi / 4)
        ring = RING_RADIUS * torch.stack([turns.cos(), turns.sin()], dim=1)
        x0 = ring + RING_STD * torch.randn(BATCH, 2)
        t = torch.rand(BATCH, 1)
        x_t = (1 - t) * x0 + t * torch.randn(BATCH, 2)
        waves = [wave for f in FREQUENCIES for wave in ((f * x_t).sin(), (f * x_t).cos())]
        told = [2 * t - 1, *((k * math.pi * t).cos() for k in (1, 2, 4))]
        assert len(told) == TOLD
        loss = (network(torch.cat([x_t, *waves, *told], dim=1)) - x0).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return updates / (time.perf_counter() - began)


def product_rate(seconds: float) -> float:
    """Return the multiplications and additions a second of batched products as wide as the hidden layers."""
    rows = torch.randn(LEARNERS, BATCH, WIDTHS[1])
    weights = torch.randn(LEARNERS, WIDTHS[1], WIDTHS[1])
    began, times = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        torch.bmm(rows, weights)
        times += 1
    return times * 2 * LEARNERS * BATCH * WIDTHS[1] ** 2 / (time.perf_counter() - began)
