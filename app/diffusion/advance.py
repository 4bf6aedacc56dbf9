"""Applying rows to pictures: the one line of arithmetic that every sampler comes down to."""

from __future__ import annotations

from dataclasses import astuple

import torch
from jaxtyping import Float
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.diffusion.samplers.row import Row


def row_matrix(rows: list[Row]) -> Float[Tensor, "batch 5"]:
    """Stack rows into single-precision numbers, one row of five per picture."""
    return torch.tensor([astuple(row) for row in rows], dtype=torch.float32)


def advance(
    x_t: Float[Tensor, IMAGES],
    x0_hat: Float[Tensor, IMAGES],
    x0_hat_previous: Float[Tensor, IMAGES],
    noise: Float[Tensor, IMAGES],
    start: Float[Tensor, IMAGES],
    rows: Float[Tensor, "batch 5"],
) -> Float[Tensor, IMAGES]:
    """Apply to every picture of a batch its own row, and return the next pictures."""
    a, b, c, d, e = rows[:, :, None, None, None].unbind(dim=1)
    return a * x_t + b * x0_hat + c * x0_hat_previous + d * noise + e * start
