"""The measurements themselves: generated pictures against real ones, through the judge and in pixels.

The reference is always the test pictures. Beside each figure of generated pictures stands the floor:
the same figure of as many other real pictures that the judge has not seen either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from app import pictures
from app.diffusion.notation import IMAGES
from app.training.aspects import Known
from app.training.judge import Judge, Opinion, look, shuffled
from app.training.metrics import Nearest, coverage, frechet, nearest

Figures = dict[str, float]


@dataclass(frozen=True)
class Real:
    """Real pictures and what the judge makes of them.

    Args:
        train: what the model was trained on, or a part of it.
        test: in a fixed random order, so that the first n are of all classes.
        test_opinion: the judge's, of `test`.
        floor: pictures that the judge has not seen, in a fixed random order.
        floor_opinion: the judge's, of `floor`.
    """

    train: Known
    test: Known
    test_opinion: Opinion
    floor: Known
    floor_opinion: Opinion


def look_at_real(judge: Judge, train: Known, test: Known, floor: Known, device: torch.device) -> Real:
    """Put real pictures in order and let the judge look at them."""
    test = test.chosen(shuffled(len(test), seed=0))
    return Real(train, test, look(judge, test.pixels, device), floor, look(judge, floor.pixels, device))


def likeness(opinion: Opinion, shown: Int[Tensor, "batch aspect"], real: Real) -> Figures:
    """Compare pictures with the test pictures, as the judge sees them.

    Args:
        opinion: the judge's, of the pictures.
        shown: what they should show.
        real: what to compare with.

    Returns:
        `frechet` (against all test pictures), `label_accuracy` (over all that they should show), and
        `precision` and `recall` (against as many test pictures as there are pictures).
    """
    features, test = opinion.features, real.test_opinion.features
    return {
        "frechet": frechet(features, test),
        "label_accuracy": opinion.accuracy(shown),
        "precision": coverage(features, test[: len(features)]),
        "recall": coverage(test[: len(features)], features),
    }


def floor_likeness(real: Real, count: int) -> Figures:
    """Compare `count` pictures of the floor with the test pictures in the same way."""
    return likeness(real.floor_opinion.first(count), real.floor.shown[:count], real)


def originality(
    pixels: UInt8[Tensor, IMAGES], shown: Int[Tensor, "batch aspect"], real: Real
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
    return figures, neighbours_sheet(pixels, shown, generated, real.train)


def neighbours_sheet(
    pixels: UInt8[Tensor, IMAGES], shown: Int[Tensor, "batch aspect"], found: Nearest, train: Known
) -> bytes:
    """Draw pictures above their nearest training pictures: two of each class (or first aspect), then any."""
    order = found.distance.argsort()
    first_aspect = shown[order, 0]
    values = range(int(first_aspect.max()) + 1)
    closest = torch.cat([order[first_aspect == value][:2] for value in values])
    first = torch.arange(len(closest))
    rows = [
        pixels[closest],
        train.pixels[found.index[closest]],
        pixels[first],
        train.pixels[found.index[first]],
    ]
    sheet = pictures.on_paper(np.asarray(torch.cat(rows).permute(0, 2, 3, 1)))
    return pictures.png(pictures.contact_sheet(sheet, columns=len(closest)), scale=2, most=None)


def _rows(pixels: Tensor) -> Tensor:
    return pixels.flatten(1).float() / 255.0
