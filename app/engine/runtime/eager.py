"""The plain runtime: the network as torch runs it. Always there first, so the first picture never waits."""

from __future__ import annotations

import torch
from torch import Tensor

from app.diffusion.unet import UNet


class EagerRuntime:
    """Calls the network directly, channels last."""

    name = "eager"

    def __init__(self, network: UNet) -> None:
        self.network = network

    @torch.inference_mode()
    def __call__(self, x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        """Predict from (x_t, t, condition)."""
        prediction: Tensor = self.network(x_t.contiguous(memory_format=torch.channels_last), t, condition)
        return prediction
