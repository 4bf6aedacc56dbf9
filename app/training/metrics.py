"""Numbers that compare sets of pictures: Fréchet distance, precision and recall, neighbours, shares.

Features and pixels come in as rows; who makes them, and what a number means, is decided elsewhere.
Everything that could be large is worked through in chunks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

CHUNK = 1_000
NEIGHBOURS = 3


@dataclass(frozen=True)
class Moments:
    """The Gaussian fitted to a set of features, in double precision."""

    mean: Float[Tensor, " feature"]
    covariance: Float[Tensor, "feature feature"]


def moments(features: Float[Tensor, "count feature"]) -> Moments:
    """Fit a Gaussian: the mean and the unbiased covariance of the rows, of which there are two or more."""
    features = features.double()
    apart = features - features.mean(dim=0)
    return Moments(features.mean(dim=0), apart.T @ apart / (len(features) - 1))


def frechet_distance(a: Moments, b: Moments) -> float:
    """Return the squared Fréchet (2-Wasserstein) distance between two Gaussians; 0 when they are equal.

    The trace of the root of C_a C_b is that of the symmetric matrix R_a C_b R_a with R_a the root of C_a:
    both are found by eigenvalues, of which rounding can make none complex.

    Reference: Dowson & Landau 1982; Heusel et al. 2017 (1706.08500), Eq. 6, there on Inception features.
    """
    values, vectors = torch.linalg.eigh(a.covariance)
    root = (vectors * values.clamp_min(0.0).sqrt()) @ vectors.T
    shared = torch.linalg.eigvalsh(root @ b.covariance @ root).clamp_min(0.0).sqrt().sum()
    apart = (a.mean - b.mean).square().sum()
    return max(0.0, float(apart + a.covariance.trace() + b.covariance.trace() - 2.0 * shared))


def frechet(a: Float[Tensor, "count_a feature"], b: Float[Tensor, "count_b feature"]) -> float:
    """Return the Fréchet distance between the Gaussians of two sets of features.

    It is biased upwards, the more so the fewer the rows: compare only at equal counts.
    """
    return frechet_distance(moments(a), moments(b))


def coverage(
    points: Float[Tensor, "count_p feature"],
    manifold: Float[Tensor, "count_m feature"],
    neighbours: int = NEIGHBOURS,
) -> float:
    """Return the share of `points` that lie within the manifold spanned by other points.

    The manifold is the union of balls around its points, each reaching to that point's k-th neighbour.
    With real points as the manifold this is the precision of generated ones; turned round it is the recall.

    Reference: Kynkäänniemi et al. 2019 (1904.06991), Eq. 1 and 2, k = 3.
    """
    radii = torch.cat(
        [
            torch.cdist(part, manifold).kthvalue(neighbours + 1, dim=1).values  # the nearest is itself
            for part in _parts(manifold)
        ]
    )
    inside = [(torch.cdist(part, manifold) <= radii).any(dim=1) for part in _parts(points)]
    return float(torch.cat(inside).double().mean())


@dataclass(frozen=True)
class Nearest:
    """For each point, how far its nearest neighbour is and which one it is."""

    distance: Float[Tensor, " count"]
    index: Int[Tensor, " count"]


def nearest(points: Float[Tensor, "count_p pixel"], among: Float[Tensor, "count_a pixel"]) -> Nearest:
    """Find the nearest of `among` for each of `points`, by Euclidean distance."""
    lengths = among.square().sum(dim=1)
    distances, indices = [], []
    for part in _parts(points):
        # |a - p|^2 = |a|^2 - 2 a.p + |p|^2; the last is the same for every a
        index = torch.addmm(lengths, part, among.T, alpha=-2.0).argmin(dim=1)
        distances.append((part - among[index]).norm(dim=1))  # from the pixels, so that a copy is at 0
        indices.append(index)
    return Nearest(torch.cat(distances), torch.cat(indices))


def wilson(hits: int, count: int, deviations: float = 1.96) -> tuple[float, float]:
    """Return the interval in which a share lies that was seen as `hits` of `count`, 95% of the time.

    Reference: Wilson 1927, without continuity correction. It stays within [0, 1], at 0 and all hits too.
    """
    share, slack = hits / count, deviations**2 / count
    middle = (share + slack / 2) / (1 + slack)
    reach = math.sqrt(slack * (share * (1 - share) + slack / 4)) / (1 + slack)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _parts(rows: Tensor) -> list[Tensor]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
