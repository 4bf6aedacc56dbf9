"""The plain loop: a batch of pictures through one plan, for training, evaluation and the command line.

The engine follows the same plans with the same `advance`, many runs at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from app.diffusion.advance import advance, row_matrix
from app.diffusion.denoiser import Denoiser
from app.diffusion.notation import IMAGES
from app.diffusion.plan import Plan
from app.diffusion.seeds import PictureNoise


@torch.inference_mode()
def sample(  # noqa: PLR0913, PLR0917 -- what to draw, where, and two hooks
    denoiser: Denoiser,
    plan: Plan,
    condition: Int[Tensor, "batch ..."],
    guidance: float,
    noise: list[PictureNoise],
    device: torch.device | None = None,
    after_call: Callable[[], None] | None = None,
    on_frame: Callable[[Tensor], None] | None = None,
    negative_condition: Int[Tensor, "batch ..."] | None = None,
) -> Float[Tensor, IMAGES]:
    """Turn noise into pictures.

    Args:
        denoiser: the model.
        plan: the calls to make.
        condition: a class or a row of tokens per picture; filled with `denoiser.null` for none.
        guidance: the same for all.
        noise: each picture's own generator; as many as conditions.
        device: where to compute; the CPU unless given.
        after_call: called after each network call, for progress.
        on_frame: given x_t at each of the plan's points, the first (pure noise) and the last among them.
        negative_condition: what guidance leads away from; no condition unless given.

    Returns:
        Pictures in about [-1, 1].
    """
    count = len(noise)

    def fresh() -> Tensor:
        return torch.from_numpy(np.stack([picture.draw(denoiser.shape) for picture in noise])).to(device)

    condition = condition.to(device)
    negative_condition = None if negative_condition is None else negative_condition.to(device)
    strength = torch.full((count,), guidance, device=device)
    x_t = plan.points[0].noise_scale * fresh()
    start, x0_previous, nothing = x_t, torch.zeros_like(x_t), torch.zeros_like(x_t)
    for call in plan.calls:
        if call.is_start:
            start = x_t
            if on_frame:
                on_frame(x_t)
        t = torch.full((count,), call.model_t, device=device)
        x0_hat = denoiser.estimate(call.model_scale * x_t, t, condition, strength, negative_condition)
        rows = row_matrix([call.row] * count).to(device)
        drawn = fresh() if call.row.noise else nothing
        x_t = advance(x_t, x0_hat, x0_previous, drawn, start, rows)
        x0_previous = x0_hat
        if after_call:
            after_call()
    if on_frame:
        on_frame(x_t)
    return x_t
