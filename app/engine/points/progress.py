"""What a training shows while it goes on, as one server-sent event a report.

Losses are numbers. Points are base64 of little-endian float16: two a point, arrays in row-major order.
"""

from __future__ import annotations

import base64
import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from app.diffusion.plan import Plan, make_plan
from app.engine.points.levels import Scales, inputs, level_times, told, x0_of
from app.engine.points.spec import EDGE, FIELD_TIMES, TrainingSpec
from app.engine.points.training import Training
from app.errors import FromNoiseError

STEPS = 12
T_MAX = 0.98
"""Sampling begins here: at t = 1 a network that was trained on noise says nothing about the point."""

TRACED = 24
"""Samples of which the whole way is shown."""

FIELD_SIDE = 11
FIELD_EDGE = 1.25 * EDGE

FARTHEST = 1.5 * EDGE
"""A guess farther out than this is brought back to it, as no data lies there."""

DIVERGED = "This training has diverged: its loss is no number any more. Start it with another seed."

Points = Float[Tensor, "row 2"]


@torch.inference_mode()
def report(training: Training) -> bytes:
    """Encode where a training stands, as the event of its next report; the first also has what is kept aside.

    Raises:
        FromNoiseError: its numbers are no longer finite.
    """
    spec, aside = training.spec, training.aside
    seer = Seer(spec, training.network.answering())
    given = seer.answer(aside.examples.inputs.flatten(0, 1)).view_as(aside.examples.targets)
    validation = (given - aside.examples.targets).square().mean(dim=(1, 2))
    if not validation.isfinite().all():
        raise FromNoiseError(DIVERGED)
    way = seer.way(aside.start_noise)
    content: dict[str, Any] = {
        "update": training.network.updates,
        "updates": spec.updates,
        "losses": _rounded(training.tally.by_level() if training.tally.errors else []),
        "validation": _rounded(validation.tolist()),
        "prints": [_rounded([one.t, one.loss, one.exact]) for one in training.prints],
        "samples": _encoded(way[-1]),
        "trajectories": _encoded(way[:, :TRACED].transpose(0, 1)),
        "field": _encoded(torch.stack([seer.guess(_grid(), t) for t in FIELD_TIMES])),
    }
    if training.reports == 0:
        content |= {
            "levels": _rounded(level_times().tolist()),
            "floor": _rounded(aside.floor.tolist()),
            "blind_floor": _rounded(aside.blind_floor.tolist()),
            "data": _encoded(aside.data),
            "steps": STEPS,
            "field_times": FIELD_TIMES,
            "field_side": FIELD_SIDE,
            "field_edge": FIELD_EDGE,
        }
    training.prints = []
    training.reports += 1
    return b"id: %d\nevent: progress\ndata: %s\n\n" % (training.reports - 1, json.dumps(content).encode())


@dataclass(frozen=True)
class Seer:
    """A training's network as a denoiser.

    Args:
        spec: the training.
        answer: the network, from its inputs to its outputs.
    """

    spec: TrainingSpec
    answer: Callable[[Tensor], Tensor]

    def guess(self, x_t: Points, t: float) -> Points:
        """Return x0_hat of points that all have the same time, brought back to where data may lie."""
        scales, told_of_t = _level(self.spec.schedule, self.spec.level_told, t)
        given = self.answer(inputs(x_t, told_of_t))
        return x0_of(self.spec, x_t, given, scales).clamp(-FARTHEST, FARTHEST)

    def way(self, x_t: Points) -> Float[Tensor, "frame row 2"]:
        """Carry noise to samples by DDIM, and return all points on the way."""
        frames = [x_t]
        for call in _plan(self.spec.schedule).calls:
            x_t = call.row.x_t * x_t + call.row.x0_hat * self.guess(x_t, call.point.t)
            frames.append(x_t)
        return torch.stack(frames)


@functools.cache
def _level(schedule: str, level_told: bool, t: float) -> tuple[Scales, Float[Tensor, "1 told"]]:
    time = torch.tensor([t])
    return Scales.of(schedule, time), told(level_told, time)


@functools.cache
def _plan(schedule: str) -> Plan:
    return make_plan(sampler="ddim", steps=STEPS, model_schedule=schedule, model_t_max=T_MAX)


@functools.cache
def _grid() -> Points:
    """Return the points of a square grid, row by row from below."""
    places = torch.linspace(-FIELD_EDGE, FIELD_EDGE, FIELD_SIDE)
    y, x = torch.meshgrid(places, places, indexing="ij")
    return torch.stack([x, y], dim=-1).flatten(0, 1)


def _rounded(values: list[float | None]) -> list[float | None]:
    return [None if value is None or not math.isfinite(value) else round(value, 4) for value in values]


def _encoded(points: Float[Tensor, "*shape 2"]) -> str:
    return base64.b64encode(points.half().contiguous().numpy().astype("<f2").tobytes()).decode()
