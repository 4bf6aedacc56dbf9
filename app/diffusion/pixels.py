"""Pictures in [-1, 1] to bytes and back: the only place that does it with tensors."""

from __future__ import annotations

import torch
from jaxtyping import Float, UInt8
from torch import Tensor


def as_bytes(images: Float[Tensor, "*axes"]) -> UInt8[Tensor, "*axes"]:
    """Map [-1, 1] to 0..255, clipped and rounded; axes and device stay."""
    return (images.clamp(-1.0, 1.0) + 1.0).mul_(127.5).round_().to(torch.uint8)


def as_images(pixels: UInt8[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
    """Map 0..255 to [-1, 1]; axes and device stay."""
    return pixels.float() / 127.5 - 1.0
