"""What one step of training shows the network: pictures, their noise and times, and what is told of them.

Each step draws from a generator of its own, so a run that was stopped and resumed is the same run.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.training.data import Batches
from app.training.recipes import Recipe


@dataclass(frozen=True)
class Examples:
    """The pictures of a step and how they are shown.

    Args:
        x0: pictures in [-1, 1].
        eps: noise for each of them.
        t: a time for each, 0 to the recipe's t_max.
        condition: class indices or rows of tokens; null for those shown without.
    """

    x0: Float[Tensor, IMAGES]
    eps: Float[Tensor, IMAGES]
    t: Float[Tensor, " batch"]
    condition: Int[Tensor, "batch ..."]

    def to(self, device: torch.device) -> Examples:
        """Return the same on a device."""
        moved = (tensor.to(device) for tensor in (self.x0, self.eps, self.t, self.condition))
        return Examples(*moved)


def draw_examples(recipe: Recipe, batches: Batches, step: int) -> Examples:
    """Draw what a step of a training run shows; the same for the same step."""
    x0, condition = batches.batch(step)
    generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    t = draw_times(recipe, len(x0), generator)
    eps = torch.randn(x0.shape, generator=generator)
    dropped = torch.rand(len(x0), generator=generator) < recipe.condition_dropout
    dropped = dropped.reshape(-1, *[1] * (condition.ndim - 1))
    condition = condition.masked_fill(dropped, recipe.network.null)
    if recipe.mirror:
        is_mirrored = torch.rand(len(x0), generator=generator) < 0.5
        x0 = torch.where(is_mirrored[:, None, None, None], x0.flip(-1), x0)
    return Examples(x0, eps, t, condition)


def draw_times(recipe: Recipe, count: int, generator: torch.Generator) -> Float[Tensor, " count"]:
    """Draw a time for each picture: logit-normal, but a share of them evenly over the whole range.

    Reference: Esser et al. 2024 (2403.03206), section 3.1, for the logit-normal part. There t is the time of
    a straight path; on the cosine path the same times are other noise levels. Alone it trains t < 0.05 on
    one picture in 600, and the network then leaves a faint grain on finished pictures.
    """
    middle = torch.randn(count, generator=generator).sigmoid()
    even = torch.rand(count, generator=generator)
    is_even = torch.rand(count, generator=generator) < recipe.uniform_share
    return recipe.t_max * torch.where(is_even, even, middle)
