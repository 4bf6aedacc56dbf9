"""One call of a model on a given picture, outside the shared batch: for questions and labs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from app.diffusion.pixels import from_pixels, to_pixels
from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import PictureNoise
from app.engine.models import LoadedModel
from app.errors import InvalidRequest

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class OneCall:
    """What a single call gave: pixels of (height, width, channels), and root-mean-square errors.

    Both errors are against the clean picture, on the scale where pixels go from -1 to 1.

    Args:
        noisy: what the model was given, clipped to what can be shown.
        estimate: its guess of the clean picture, likewise.
        v_hat: what the network itself answered, of the same axes and not clipped.
        rms_noisy: the error of what it was given, before clipping.
        rms_estimate: the error of its guess.
    """

    noisy: Pixels
    estimate: Pixels
    v_hat: NDArray[np.float32]
    rms_noisy: float
    rms_estimate: float


@torch.inference_mode()
def predict_once(
    model: LoadedModel, picture: Pixels, noise: float, seed: int, condition: Int[Tensor, "1 ..."]
) -> OneCall:
    """Add `noise` times standard normal noise to a picture and ask the model once for the clean one.

    Args:
        model: the model.
        picture: uint8 pixels (height, width, channels).
        noise: sigma, the noise for one unit of signal; above 0.
        seed: of the noise.
        condition: what the model is told; see `app.engine.conditions.asked`.

    Raises:
        InvalidRequest: the picture has another shape than the model's, or the noise is not positive.
    """
    channels, height, width = model.card.shape
    if picture.shape != (height, width, channels):
        raise InvalidRequest(f"the picture must be {height} x {width} x {channels}, got {picture.shape}")
    if not noise > 0.0:
        raise InvalidRequest(f"noise must be above 0, got {noise}", "noise")
    device = model.device
    schedule = SCHEDULES[model.card.schedule]
    clean = from_pixels(torch.from_numpy(picture.copy())[None]).to(device)
    eps = torch.from_numpy(PictureNoise(seed, 0).draw(model.card.shape))[None].to(device)
    noisy = clean + noise * eps
    t = schedule.t_from_sigma(noise)
    x_t = schedule.signal_scale(t) * noisy
    times = torch.tensor([t], dtype=torch.float32, device=device)
    v_hat = model.denoiser.predict(x_t, times, condition.to(device), torch.ones(1, device=device))
    estimate = model.denoiser.x0_hat(x_t, times, v_hat)
    panes = to_pixels(noisy, estimate, estimate).numpy()
    return OneCall(
        noisy=panes[0, 0],
        estimate=panes[1, 0],
        v_hat=v_hat[0].permute(1, 2, 0).float().contiguous().cpu().numpy(),
        rms_noisy=(noisy - clean).square().mean().sqrt().item(),
        rms_estimate=(estimate - clean).square().mean().sqrt().item(),
    )
