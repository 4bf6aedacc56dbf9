"""Pictures in [-1, 1] to bytes and back: the only place that does it with tensors."""

from __future__ import annotations

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

EPS_RANGE = 3.0
"""The noise estimate is shown clipped to [-3, 3], the other panes to [-1, 1]."""


def as_bytes(images: Float[Tensor, "*axes"]) -> UInt8[Tensor, "*axes"]:
    """Map [-1, 1] to 0..255, clipped and rounded; axes and device stay."""
    return (images.clamp(-1.0, 1.0) + 1.0).mul_(127.5).round_().to(torch.uint8)


def as_images(pixels: UInt8[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
    """Map 0..255 to [-1, 1]; axes and device stay."""
    return pixels.float() / 127.5 - 1.0


def to_pixels(
    x_t: Float[Tensor, IMAGES], x0_hat: Float[Tensor, IMAGES], eps_hat: Float[Tensor, IMAGES]
) -> UInt8[Tensor, "3 batch height width channel"]:
    """Turn the three panes of a batch into bytes on the CPU, in one go."""
    panes = torch.stack([x_t, x0_hat, eps_hat / EPS_RANGE])
    return as_bytes(panes).permute(0, 1, 3, 4, 2).contiguous().cpu()


def from_pixels(pixels: UInt8[Tensor, "batch height width channel"]) -> Float[Tensor, IMAGES]:
    """Turn bytes into pictures in [-1, 1]."""
    return as_images(pixels.permute(0, 3, 1, 2))
