"""A whole step as one function of fixed tensors; what it does depends on no value, so a graph may hold it.

It computes what `stepper.tick` computes, by the same functions; there each run is gathered anew, and here all
of it has a place before the step begins.
"""

from __future__ import annotations

import torch
from torch import Tensor

from app.diffusion.advance import advance
from app.diffusion.denoiser import Denoiser, Network
from app.diffusion.guidance import guide
from app.diffusion.pixels import EPS_RANGE, as_bytes
from app.diffusion.predictions import x0_from_v
from app.engine.runtime.step_buffers import FIRST, GUIDANCE, ROW, SECOND, SOURCE, Buffers


@torch.inference_mode()
def whole_step(network: Network, denoiser: Denoiser, b: Buffers) -> None:
    """Gather the rows, call the network, guide, advance, and make pixels and numbers.

    Args:
        network: predicts v from (x_t, t, condition); takes and gives single precision.
        denoiser: what its numbers mean; its own network is left aside.
        b: what is read and written.
    """
    model_t, *columns = (_column(number) for number in b.numbers[:, : GUIDANCE + 1].unbind(dim=1))
    model_scale, model_signal, model_noise, signal_scale, noise_scale, guidance = columns
    source, first, second = (b.places[:, place] for place in (SOURCE, FIRST, SECOND))
    seen = model_scale * b.x_t
    b.v_hat.copy_(network(seen[source], model_t.flatten()[source], b.condition))
    v_hat = guide(b.v_hat[first], b.v_hat[second], guidance)
    x0_hat = x0_from_v(seen, v_hat, model_signal, model_noise)
    b.x0_hat.copy_(x0_hat.clamp(-1.0, 1.0) if denoiser.clip else x0_hat)
    eps_hat = (b.x_t - signal_scale * b.x0_hat) / noise_scale
    b.x_next.copy_(advance(b.x_t, b.x0_hat, b.x0_previous, b.noise, b.start, b.numbers[:, ROW:]))
    panes = torch.stack([b.x_t, b.x0_hat, eps_hat / EPS_RANGE, b.x_next], dim=1)
    b.pixels.copy_(as_bytes(panes).permute(0, 1, 3, 4, 2))
    b.halves.copy_(torch.stack([b.x_t, b.x0_hat, b.x_next], dim=1))


def _column(numbers: Tensor) -> Tensor:
    return numbers[:, None, None, None]
