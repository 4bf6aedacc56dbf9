"""Pictures at a noise level as a screen shows them: mixed with noise, clipped, and rounded to bytes."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from app.cards import Card
from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_bytes, as_images
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import SCHEDULES, Schedule, sigma
from app.training.judging.recipes import JudgingRecipe

Scales = tuple[Float[Tensor, " batch"], Float[Tensor, " batch"]]
"""The signal and the noise scale of each picture."""


def own_path(card: Card) -> Schedule:
    """Return the path that a model was trained on, and that most samplers follow."""
    return SCHEDULES[card.schedule]


def other_paths(card: Card) -> list[Schedule]:
    """Return the other paths that samplers lead a model's pictures along."""
    names = {sampler.path for sampler in SAMPLERS.values() if sampler.path} - {card.schedule}
    return [SCHEDULES[name] for name in sorted(names)]


def scales_at(card: Card, path: Schedule, t: float) -> tuple[float, float]:
    """Return the scales on a path at the noise level that the model's own path has at time `t`."""
    there = path.t_from_sigma(sigma(own_path(card), t))
    return path.signal_scale(there), path.noise_scale(there)


def draw_scales(recipe: JudgingRecipe, card: Card, count: int, generator: torch.Generator) -> Scales:
    """Draw a noise level and a path for each picture."""
    is_clean, is_other, place, choice = torch.rand(4, count, generator=generator)
    others = other_paths(card)
    drawn = []
    for clean, other, share, which in zip(
        (is_clean < recipe.clean_share).tolist(),
        (is_other < recipe.other_share).tolist(),
        place.tolist(),
        choice.tolist(),
        strict=True,
    ):
        path = others[int(which * len(others))] if other and others else own_path(card)
        drawn.append((1.0, 0.0) if clean else scales_at(card, path, card.t_max * share))
    signal_scale, noise_scale = torch.tensor(drawn, dtype=torch.float32).unbind(dim=1)
    return signal_scale, noise_scale


def as_shown(x0: Float[Tensor, IMAGES], scales: Scales, generator: torch.Generator) -> Float[Tensor, IMAGES]:
    """Add noise to pictures in [-1, 1] and return what a screen shows of them, in [-1, 1] again."""
    signal_scale, noise_scale = (scale[:, None, None, None] for scale in scales)
    eps = torch.randn(x0.shape, generator=generator)
    return as_images(as_bytes(signal_scale * x0 + noise_scale * eps))
