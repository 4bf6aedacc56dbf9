"""Points to learn from: every dataset is a mixture of equal round Gaussians, whose exact denoiser is known.

A preset has its centres built in; of drawn points each is a centre, as wide as the dab of a pen. No torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from app.engine.points.spec import Point, TrainingSpec

RING_RADIUS = 1.4
RING_STD = 0.1
MOON_STD = 0.06
LETTER_STD = 0.05
PEN_STD = 0.04

SPACING = 0.05
"""Of the centres along a stroke."""

STROKES: tuple[tuple[Point, ...], ...] = (
    ((-1.6, -1.0), (-1.6, 1.0), (-0.4, 1.0)),
    ((-1.6, 0.1), (-0.6, 0.1)),
    ((0.3, -1.0), (0.3, 1.0), (1.6, -1.0), (1.6, 1.0)),
)
"""F and N, for From Noise."""


@dataclass(frozen=True)
class Mixture:
    """Gaussians of the same weight and the same standard deviation in both directions."""

    centres: tuple[Point, ...]
    std: float


def mixture_of(spec: TrainingSpec) -> Mixture:
    """Return what a training draws its examples from."""
    return Mixture(spec.points, PEN_STD) if spec.preset is None else MIXTURES[spec.preset]


def _ring(count: int = 8) -> tuple[Point, ...]:
    turns = (2.0 * math.pi * k / count for k in range(count))
    return tuple((RING_RADIUS * math.cos(turn), RING_RADIUS * math.sin(turn)) for turn in turns)


def _two_moons(each: int = 40) -> tuple[Point, ...]:
    turns = [math.pi * k / (each - 1) for k in range(each)]
    upper = [(math.cos(turn) - 0.5, math.sin(turn) - 0.25) for turn in turns]
    return (*upper, *((-x, -y) for x, y in upper))


def _along(strokes: tuple[tuple[Point, ...], ...]) -> tuple[Point, ...]:
    """Return points along strokes, equally far apart."""
    points = []
    for stroke in strokes:
        for (x, y), (x_next, y_next) in pairwise(stroke):
            count = round(math.hypot(x_next - x, y_next - y) / SPACING)
            points += [(x + (x_next - x) * k / count, y + (y_next - y) * k / count) for k in range(count + 1)]
    return tuple(points)


MIXTURES = {
    "ring": Mixture(_ring(), RING_STD),
    "two_moons": Mixture(_two_moons(), MOON_STD),
    "letters": Mixture(_along(STROKES), LETTER_STD),
}
