"""S2: the same viewers served the usual way, a diffusers pipeline for each request in a pool of threads.

What is usual comes off well here: its frames cross no network, carry one picture instead of three panes, and
its network reads no prompt, where ours does. "Same-sized" has two meanings, and both are measured: a network
of as many weights, which works on the pixels as such networks do, and one of as much arithmetic, which is
handed pictures folded into channels as ours are.
"""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import torch
from diffusers import DDIMScheduler, DiffusionPipeline, UNet2DModel
from PIL import Image
from torch import Tensor

from app.cards import Card
from app.diffusion.unet import PATCH, UNetConfig
from benchmarks.delivery import VIEWERS, Delivered, deliver
from benchmarks.effort import Effort
from benchmarks.result import Result
from benchmarks.runtimes import Runtimes, example, network_flops
from benchmarks.server import Server

WARM_UP_S = 1.0
SIZES = {1: "as many weights", PATCH: "as much arithmetic"}
"""What the usual network has in common with ours, by how its pictures are folded."""


class TimeIsUp(Exception):
    """Ends a pipeline between two steps."""


class UsualPipeline(DiffusionPipeline):  # type: ignore[misc]
    """Noise to pictures as the pipelines of diffusers do it, class by class, with a callback a step."""

    def __init__(self, unet: UNet2DModel, scheduler: DDIMScheduler) -> None:
        super().__init__()
        self.register_modules(unet=unet, scheduler=scheduler)

    @torch.no_grad()
    def __call__(
        self, steps: int, guidance: float, generator: torch.Generator, callback: Callable[[Tensor], None]
    ) -> Tensor:
        """Draw one picture of class 0; `callback` gets it at every step."""
        side = self.unet.config.sample_size
        picture = torch.randn(1, self.unet.config.in_channels, side, side, generator=generator)
        is_guided = guidance not in (0.0, 1.0)
        labels = torch.tensor([1, 0] if is_guided else [0])
        self.scheduler.set_timesteps(steps)
        for t in self.scheduler.timesteps:
            given = torch.cat([picture] * len(labels))
            predicted = self.unet(given, t, class_labels=labels).sample
            if is_guided:
                negative, wanted = predicted.chunk(2)
                predicted = negative + guidance * (wanted - negative)
            picture = self.scheduler.step(predicted, t, picture, generator=generator).prev_sample
            callback(picture)
        return picture


class PngCounter:
    """A callback that makes each picture a PNG and counts those of its window.

    Args:
        seconds: length of the window; it begins when all threads are at work.
        fold: side of the squares that were folded into channels; 1 for plain pictures.
    """

    def __init__(self, seconds: float, fold: int) -> None:
        self.fold = fold
        self.began = time.perf_counter() + WARM_UP_S
        self.ended = self.began + seconds
        self.frames = 0
        self._lock = threading.Lock()

    def __call__(self, picture: Tensor) -> None:
        """Encode and count; raise when the time is up."""
        unfolded = torch.nn.functional.pixel_shuffle(picture, self.fold)[0]
        levels = ((unfolded.clamp(-1.0, 1.0) + 1.0) * 127.5).round().byte().permute(1, 2, 0).numpy()
        Image.fromarray(levels.squeeze()).save(io.BytesIO(), format="PNG")
        now = time.perf_counter()
        if now > self.ended:
            raise TimeIsUp
        with self._lock:
            self.frames += now >= self.began


def measure_usual_way(
    server: Server, runtimes: Runtimes, seeds: Iterator[int], effort: Effort
) -> list[Result]:
    """Measure S2 at the model's own settings, against both kinds of a same-sized network."""
    card = runtimes.file.card
    networks = {fold: same_sized(runtimes.network.config, fold) for fold in (1, PATCH)}
    delivered = Delivered()
    usual: dict[int, list[float]] = {fold: [] for fold in networks}
    for _ in range(effort.repeats):
        deliver(server, card, card.defaults.guidance, seeds, effort.seconds, delivered)
        server.wait_until_idle()
        for fold, network in networks.items():
            usual[fold].append(usual_rate(network, fold, card, effort.seconds))
    return [
        _result(runtimes, SIZES[fold], network, delivered.rates, usual[fold])
        for fold, network in networks.items()
    ]


def same_sized(config: UNetConfig, fold: int) -> UNet2DModel:
    """Make a UNet2DModel of the same widths and blocks.

    Args:
        config: of our network.
        fold: side of the squares of pixels that are folded into channels; 1 leaves pictures as they are.
    """
    levels = len(config.widths)
    folded = config.channels * fold * fold
    return UNet2DModel(
        sample_size=config.height // fold,
        in_channels=folded,
        out_channels=folded,
        block_out_channels=config.widths,
        layers_per_block=config.blocks,
        down_block_types=("DownBlock2D",) * levels,
        up_block_types=("UpBlock2D",) * levels,
        attention_head_dim=config.widths[-1] // config.heads,
        norm_num_groups=8,
        num_class_embeds=2,
    ).eval()


def scheduler() -> DDIMScheduler:
    """Make a scheduler for one request: it keeps state."""
    return DDIMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction")


def usual_rate(network: UNet2DModel, fold: int, card: Card, seconds: float) -> float:
    """Return image-steps a second of as many threads as viewers, each drawing one picture after another."""
    count = PngCounter(seconds, fold)

    def serve(viewer: int) -> None:
        generator = torch.Generator().manual_seed(viewer)
        with contextlib.suppress(TimeIsUp):
            while True:
                pipeline = UsualPipeline(network, scheduler())
                pipeline(card.defaults.steps, card.defaults.guidance, generator, count)

    with ThreadPoolExecutor(VIEWERS) as pool:
        for finished in [pool.submit(serve, viewer) for viewer in range(VIEWERS)]:
            finished.result()
    return count.frames / seconds


def _inputs(network: UNet2DModel) -> tuple[Any, ...]:
    side = network.config.sample_size
    picture = torch.zeros(1, network.config.in_channels, side, side)
    return picture, torch.tensor(500), torch.tensor([0])


def _result(
    runtimes: Runtimes, size: str, network: UNet2DModel, rates: list[float], usual: list[float]
) -> Result:
    ours = network_flops(runtimes.network, example(runtimes.file, 1))
    theirs = network_flops(network, _inputs(network))
    weights = [sum(value.numel() for value in one.parameters()) for one in (runtimes.network, network)]
    return Result(
        code="S2",
        what=f"{runtimes.file.card.name}: {VIEWERS} viewers through HTTP against a pipeline for each, {size}",
        measured=median(rates) / median(usual),
        sense="≥",
        target=3,
        unit="",
        how=f"{VIEWERS} viewers as in S1 at the default settings, against {VIEWERS} threads that each call a "
        "diffusers pipeline of a `UNet2DModel` of the same widths and blocks for one picture after another "
        f"and make a PNG of every step, the two in turns {len(usual)} times. Here {median(rates):.0f} "
        f"image-steps/s delivered, {median(usual):.0f} the usual way, which has no HTTP, one picture a frame "
        f"and no prompts to read. Its network has {weights[1] / 1e6:.2f} million weights and takes "
        f"{theirs / 1e6:.0f} MFLOP a picture; ours {weights[0] / 1e6:.2f} million and {ours / 1e6:.0f}.",
    )
