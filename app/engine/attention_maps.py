"""Where each word of a prompt is looked at while a picture comes about: one map a picture and word.

A run whose attention is shown is stepped by itself, on the eager network: there the inputs of every
attention to words can be caught, and what each position looked at computed from them once more.

Reference: Vaswani et al. 2017 (1706.03762), Eq. 1, for the weights; Tang et al. 2022 (2210.04885) for
bringing the maps of all layers to one size and joining them.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from app.diffusion.attention import CrossAttention
from app.diffusion.denoiser import Denoiser
from app.diffusion.unet import PATCH, UNet
from app.engine.frame_events import with_facts
from app.engine.run import RunSpec
from app.engine.runtime.eager import EagerRuntime
from app.engine.stepper import tick
from app.engine.trajectory import Trajectory

Given = tuple[Tensor, Tensor, Tensor]
"""What an attention to words is called with: a map of features, the words, and their mask."""

PEAK_BYTES = 7
"""A peak as it is written, such as "0.1234,"."""


@torch.inference_mode()
def tick_with_attention(denoiser: Denoiser, eager: EagerRuntime, run: Trajectory) -> list[bytes]:
    """Carry one run one call further, and tell with its frames where each word was looked at.

    Args:
        denoiser: the model that it uses; what executes its network is left aside.
        eager: the same network, run plainly.
        run: an unfinished run with a prompt.

    Returns:
        The events of the frames that became complete; a last frame repeats the maps before it.
    """
    with _overhearing(eager.network) as heard:
        (events,) = tick(replace(denoiser, network=eager), [run])
    if not events:
        return []
    maps = attention_maps(heard, run.spec.count, len(run.spec.prompt.split()))
    facts = _encoded(maps)
    return [with_facts(content, facts) for content in events]


def attention_maps(
    heard: list[tuple[CrossAttention, Given]], count: int, words: int
) -> Float[Tensor, "count word height width"]:
    """Join what every layer looked at, each brought to the size of the finest.

    Args:
        heard: the layers of one call and what each was given; the rows of the prompt are the last ones.
        count: pictures of the call.
        words: words of the prompt.

    Returns:
        For each picture and word the share that each position gave it; the words of a position add up to
        at most 1, what is missing went to no word.
    """
    size = max((x.shape[-2:] for _, (x, _, _) in heard), key=max)
    maps = []
    for layer, given in heard:
        x, features, mask = (part[-count:] for part in given)
        shares = layer.weights(x, features, mask)[:, 1 : words + 1]  # the first is no word
        maps.append(F.interpolate(shares, size=size, mode="bilinear"))
    return torch.stack(maps).mean(dim=0)


def map_bytes(spec: RunSpec, shape: tuple[int, int, int]) -> int:
    """Estimate what the maps of a run add to each of its frames.

    Args:
        spec: the run.
        shape: channels, height, width of a picture.
    """
    if not spec.attention:
        return 0
    _, height, width = shape
    positions = (height // PATCH) * (width // PATCH)
    return spec.count * len(spec.prompt.split()) * (positions * 4 // 3 + PEAK_BYTES)


@contextlib.contextmanager
def _overhearing(network: UNet) -> Iterator[list[tuple[CrossAttention, Given]]]:
    """Catch what every attention to words is given, in the order of the calls, as long as the block lasts."""
    heard: list[tuple[CrossAttention, Given]] = []
    caller = threading.get_ident()

    def note(layer: nn.Module, given: Given) -> None:
        # An export may be compared with the same network meanwhile, in a thread of its own.
        if isinstance(layer, CrossAttention) and threading.get_ident() == caller:
            heard.append((layer, given))

    hooks = [layer.register_forward_pre_hook(note) for layer in network.read]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def _encoded(maps: Float[Tensor, "count word height width"]) -> bytes:
    """Write maps as facts of a frame: each as bytes of which its own largest is 255, and those largest."""
    peaks = maps.amax(dim=(-2, -1))
    scaled = maps / peaks.clamp(min=torch.finfo(maps.dtype).tiny)[:, :, None, None]
    levels = scaled.mul(255.0).round_().to(torch.uint8).cpu().numpy()
    facts = {
        "attention": base64.b64encode(levels.tobytes()).decode(),
        "attention_peaks": [[round(peak, 4) for peak in row] for row in peaks.tolist()],
    }
    return json.dumps(facts, separators=(",", ":")).encode()
