"""Following a plan in float64 with a stated denoiser, for tests that measure the samplers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple

import pytest
import torch
from torch import Tensor

from app.diffusion.advance import advance
from app.diffusion.plan import Plan, Point

Estimate = Callable[[Tensor, Point], Tensor]
"""(x_t, where it is on its path) -> x0_hat."""

Follow = Callable[..., Iterator[Tensor]]


@pytest.fixture(scope="session")
def follow() -> Follow:
    """Give the function that yields the picture after every network call of a plan."""

    def picture_after_each_call(
        plan: Plan, x_t: Tensor, estimate: Estimate, draw: Callable[[], Tensor] | None = None
    ) -> Iterator[Tensor]:
        start, x0_hat_previous, nothing = x_t, torch.zeros_like(x_t), torch.zeros_like(x_t)
        for call in plan.calls:
            start = x_t if call.is_start else start
            x0_hat = estimate(x_t, call.point)
            rows = torch.tensor([astuple(call.row)], dtype=torch.float64).expand(len(x_t), -1)
            noise = draw() if draw and call.row.noise else nothing
            x_t = advance(x_t, x0_hat, x0_hat_previous, noise, start, rows)
            x0_hat_previous = x0_hat
            yield x_t

    return picture_after_each_call
