"""The measurements themselves: generated pictures against real ones, through the judge and in pixels.

The reference is always the test pictures. Beside each figure of generated pictures stands the floor:
the same figure of as many real training pictures that the judge has not seen either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app import pictures
from app.diffusion.notation import IMAGES
from app.training.data import Pictures
from app.training.judge import Judge, Opinion, look, shuffled
from app.training.metrics import Nearest, coverage, frechet, nearest

Figures = dict[str, float]


@dataclass(frozen=True)
class Real:
    """Real pictures and what the judge makes of them.

    Args:
        train: what the model was trained on.
        test: in a fixed random order, so that the first n are of all classes.
        test_opinion: the judge's, of `test`.
        floor: training pictures that the judge has not seen, in a fixed random order.
        floor_opinion: the judge's, of `floor`.
    """

    train: Pictures
    test: Pictures
    test_opinion: Opinion
    floor: Pictures
    floor_opinion: Opinion


def look_at_real(
    judge: Judge, train: Pictures, test: Pictures, floor: Pictures, device: torch.device
) -> Real:
    """Put real pictures in order and let the judge look at them."""
    order = shuffled(len(test), seed=0)
    test = Pictures(test.pixels[order], test.labels[order])
    return Real(train, test, look(judge, test.pixels, device), floor, look(judge, floor.pixels, device))


def likeness(opinion: Opinion, label: Int[Tensor, " batch"], real: Real) -> Figures:
    """Compare pictures with the test pictures, as the judge sees them.

    Args:
        opinion: the judge's, of the pictures.
        label: the classes they should be of.
        real: what to compare with.

    Returns:
        `frechet` (against all test pictures), `label_accuracy`, and `precision` and `recall` (against as
        many test pictures as there are pictures).
    """
    features, test = opinion.features, real.test_opinion.features
    return {
        "frechet": frechet(features, test),
        "label_accuracy": opinion.accuracy(label),
        "precision": coverage(features, test[: len(features)]),
        "recall": coverage(test[: len(features)], features),
    }


def floor_likeness(real: Real, count: int) -> Figures:
    """Compare `count` real training pictures with the test pictures in the same way."""
    opinion = Opinion(real.floor_opinion.features[:count], real.floor_opinion.label[:count])
    return likeness(opinion, real.floor.labels[:count], real)


def originality(
    pixels: UInt8[Tensor, IMAGES], label: Int[Tensor, " batch"], real: Real
) -> tuple[Figures, bytes]:
    """Compare distances to the nearest training picture: generated pictures against as many test ones.

    Distances are Euclidean, over pixels from 0 to 1. They see a copy, but not one that was shifted.

    Returns:
        The figures `nearest_median`, `nearest_median_floor` (of test pictures), `nearest_ratio` and
        `near_copies` (share nearer than the nearest 1% of test pictures), and a PNG of pairs of neighbours.
    """
    train = _rows(real.train.pixels)
    generated = nearest(_rows(pixels), train)
    test = nearest(_rows(real.test.pixels[: len(pixels)]), train)
    median, floor = float(generated.distance.median()), float(test.distance.median())
    figures = {
        "nearest_median": median,
        "nearest_median_floor": floor,
        "nearest_ratio": median / floor,
        "near_copies": float((generated.distance < test.distance.double().quantile(0.01)).double().mean()),
    }
    return figures, neighbours_sheet(pixels, label, generated, real.train)


def neighbours_sheet(
    pixels: UInt8[Tensor, IMAGES], label: Int[Tensor, " batch"], found: Nearest, train: Pictures
) -> bytes:
    """Draw pictures above their nearest training pictures: the two nearest of each class, then any."""
    order = found.distance.argsort()
    closest = torch.cat([order[label[order] == number][:2] for number in range(int(label.max()) + 1)])
    first = torch.arange(len(closest))
    rows = [
        pixels[closest],
        train.pixels[found.index[closest]],
        pixels[first],
        train.pixels[found.index[first]],
    ]
    sheet = np.asarray(torch.cat(rows).permute(0, 2, 3, 1))
    return pictures.png(pictures.contact_sheet(sheet, columns=len(closest)), scale=2)


def _rows(pixels: Tensor) -> Tensor:
    return pixels.flatten(1).float() / 255.0
