"""Examines a judge: how often it is wrong, by noise level and aspect, and what its sureness is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from app.cards import SURE, Card
from app.diffusion.judge import Judge, judge_pixels
from app.diffusion.pixels import as_bytes
from app.diffusion.schedules import Schedule
from app.training.aspects import Known
from app.training.judging.levels import as_shown, other_paths, own_path, scales_at
from app.training.judging.recipes import aspects_of

TIMES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BATCH = 500
SEED = 5


@dataclass(frozen=True)
class Verdicts:
    """What a judge made of pictures at one level.

    Args:
        right: whether the likeliest value of an aspect is the one that is shown.
        sureness: the probability of that value.
    """

    right: Bool[Tensor, "batch aspect"]
    sureness: Float[Tensor, "batch aspect"]

    @property
    def errors(self) -> list[float]:
        """The share of wrong values of each aspect."""
        return [1.0 - share for share in self.right.double().mean(dim=0).tolist()]


def examine(
    judge: Judge, card: Card, exam: Known, device: torch.device, on_stage: Callable[[str], None]
) -> dict[str, float | int | list[float]]:
    """Measure a judge on pictures that it never saw, each with fresh noise at every level.

    Returns:
        What the card keeps: the levels as `times`, the errors of each aspect there as `error_NAME`, of all
        values over all levels the share that the judge is sure of, how many of those are right, the largest
        difference that another path makes to the mean error of a level, and the number of pictures.
    """
    own, other = [], []
    for t in TIMES:
        on_stage(f"examining at t = {t:g}")
        own.append(look(judge, card, own_path(card), t, exam, device))
        other += [
            abs(_mean(look(judge, card, path, t, exam, device).errors) - _mean(own[-1].errors))
            for path in other_paths(card)
        ]
    right = torch.cat([verdicts.right.flatten() for verdicts in own])
    is_sure = torch.cat([verdicts.sureness.flatten() for verdicts in own]) >= SURE
    by_aspect = zip(*(verdicts.errors for verdicts in own), strict=True)
    errors = zip(aspects_of(card), by_aspect, strict=True)
    return {
        "times": list(TIMES),
        **{f"error_{name}": [round(error, 4) for error in levels] for name, levels in errors},
        "sure": round(is_sure.double().mean().item(), 4),
        "sure_right": round(right[is_sure].double().mean().item(), 4) if is_sure.any() else 0.0,
        "other_path": round(max(other, default=0.0), 4),
        "pictures": len(exam),
    }


def look(judge: Judge, card: Card, path: Schedule, t: float, exam: Known, device: torch.device) -> Verdicts:
    """Have pictures judged at the noise level of time `t`, on one path; the noise is the same every time."""
    generator = torch.Generator().manual_seed(SEED)
    right, sureness = [], []
    for start in range(0, len(exam), BATCH):
        index = torch.arange(start, min(start + BATCH, len(exam)))
        scales = torch.tensor([scales_at(card, path, t)] * len(index), dtype=torch.float32).unbind(dim=1)
        signal_scale, noise_scale = (scale.to(device) for scale in scales)
        pixels = as_bytes(as_shown(exam.scaled(index), (scales[0], scales[1]), generator)).to(device)
        found = [rows.max(dim=1) for rows in judge_pixels(judge, pixels, signal_scale, noise_scale)]
        seen = torch.stack([best.indices for best in found], dim=1).cpu()
        right.append(seen == exam.shown[index])
        sureness.append(torch.stack([best.values for best in found], dim=1).cpu())
    return Verdicts(torch.cat(right), torch.cat(sureness))


def _mean(errors: list[float]) -> float:
    return sum(errors) / len(errors)
