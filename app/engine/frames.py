"""A step's three panes to pixels, and a viewer's pixels to a picture.

x_t and x0_hat in [-1, 1] and eps_hat in [-3, 3] are clipped and mapped to 0..255.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.diffusion.pixels import as_bytes, as_images

EPS_RANGE = 3.0


def to_pixels(
    x_t: Float[Tensor, IMAGES], x0_hat: Float[Tensor, IMAGES], eps_hat: Float[Tensor, IMAGES]
) -> UInt8[Tensor, "3 batch height width channel"]:
    """Turn the three panes of a batch into bytes on the CPU, in one go."""
    panes = torch.stack([x_t, x0_hat, eps_hat / EPS_RANGE])
    return as_bytes(panes).permute(0, 1, 3, 4, 2).contiguous().cpu()


def from_pixels(pixels: UInt8[Tensor, "batch height width channel"]) -> Float[Tensor, IMAGES]:
    """Turn bytes into pictures in [-1, 1]."""
    return as_images(pixels.permute(0, 3, 1, 2))
