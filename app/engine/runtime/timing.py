"""How long something takes on a device."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from app.cards import Card
from app.engine.conditions import examples
from app.engine.runtime.parity import Runtime

TICK_BUDGET_S = 0.1
"""A network call may take about this long, so that a run that joins waits no longer."""

ROW_CHOICES = (8, 16, 32, 64, 128, 256)


def quickest(work: Callable[[], object], wait: Callable[[], object]) -> float:
    """Return the seconds of the quickest of two calls, after one to warm up.

    Args:
        work: what is measured.
        wait: waits until the device has done it.
    """
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        work()
        wait()
        best = min(best, time.perf_counter() - began)
    return best


def time_call(runtime: Runtime, card: Card, rows: int, device: torch.device) -> float:
    """Return the seconds of one network call of so many rows."""
    x_t = torch.zeros(rows, *card.shape, device=device)
    t = torch.full((rows,), 0.5, device=device)
    condition = examples(card, rows).to(device)
    wait: Callable[[], None] = torch.cuda.synchronize if device.type == "cuda" else (lambda: None)
    return quickest(lambda: runtime(x_t, t, condition), wait)


def row_budget(runtime: Runtime, card: Card, device: torch.device) -> tuple[int, float]:
    """Find how many rows a call may have within the time budget, and how many it makes a second then."""
    chosen, rate = ROW_CHOICES[0], 0.0
    for rows in ROW_CHOICES:
        seconds = time_call(runtime, card, rows, device)
        if rows > ROW_CHOICES[0] and seconds > TICK_BUDGET_S:
            break
        chosen, rate = rows, rows / seconds
    return chosen, rate
