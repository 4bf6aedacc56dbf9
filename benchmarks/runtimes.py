"""S3 and S4: the runtime that ships against eager torch, and against what the machine can multiply."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Self

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.cards import CardFile
from app.diffusion.checkpoints import load_network
from app.diffusion.unet import UNet
from app.engine.conditions import examples
from app.engine.runtime.eager import EagerRuntime
from app.engine.runtime.export import exported
from app.engine.runtime.onnx import OnnxRuntime
from app.engine.runtime.parity import Runtime
from app.errors import FromNoiseError
from app.settings import data_folder
from benchmarks.effort import Effort
from benchmarks.raw_loop import raw_rate
from benchmarks.result import Result

GEMM_SIDE = 2048
BLOCK_S = 0.5
"""Sides take turns in blocks this long, so that neither has the machine at a better moment."""


@dataclass(frozen=True)
class Runtimes:
    """One model's network, run plainly and run as it ships, with as many threads as the engine has."""

    file: CardFile
    network: UNet
    eager: Runtime
    shipped: Runtime

    @classmethod
    def load(cls, file: CardFile, threads: int) -> Self:
        """Load a model; its exported form comes from the engine's cache."""
        torch.set_num_threads(threads)
        path = exported(file, data_folder() / "cache")
        if path is None:
            raise FromNoiseError(f"{file.folder}: the network could not be exported")
        network = load_network(file)
        return cls(file, network, EagerRuntime(network), OnnxRuntime(path, threads))


def measure_runtimes(runtimes: Runtimes, effort: Effort) -> list[Result]:
    """Measure S3: calls a second, shipped against eager."""
    results = []
    for batch, target in ((1, 1.6), (8, 1.25)):
        inputs = example(runtimes.file, batch)
        eager, shipped = [], []
        for _ in range(2 * effort.repeats):
            eager.append(calls_per_second(lambda: runtimes.eager(*inputs)))  # noqa: B023 - called at once
            shipped.append(calls_per_second(lambda: runtimes.shipped(*inputs)))  # noqa: B023
        results.append(
            Result(
                code="S3",
                what=f"{runtimes.file.card.name}: shipped runtime against eager, batch {batch}",
                measured=median(shipped) / median(eager),
                sense="≥",
                target=target,
                unit="",
                how=f"Network calls a second in turns of {BLOCK_S:g} s: ONNX Runtime "
                f"{median(shipped):.1f}, torch eager with channels last {median(eager):.1f}.",
            )
        )
    return results


def measure_share(runtimes: Runtimes, effort: Effort) -> list[Result]:
    """Measure S4: arithmetic done while stepping, against a plain matrix product."""
    batch = 8
    flops = network_flops(runtimes.network, example(runtimes.file, batch)) / batch
    left, right = torch.randn(2, GEMM_SIDE, GEMM_SIDE).unbind()
    out = torch.empty(GEMM_SIDE, GEMM_SIDE)
    gemm, stepping = [], []
    for _ in range(effort.repeats):
        gemm.append(2 * GEMM_SIDE**3 * calls_per_second(lambda: torch.mm(left, right, out=out), 2 * BLOCK_S))
        stepping.append(flops * raw_rate(runtimes, batch, 1.0, 2 * BLOCK_S))
    return [
        Result(
            code="S4",
            what=f"{runtimes.file.card.name}: arithmetic while stepping at batch {batch} against "
            f"a {GEMM_SIDE}³ matrix product",
            measured=median(stepping) / median(gemm),
            sense="≥",
            target=0.5,
            unit="",
            how=f"The network takes {flops / 1e6:.0f} MFLOP a picture (counted by torch's FlopCounterMode on "
            f"the eager network: convolutions, products, attention); stepping unguided does "
            f"{median(stepping) / 1e9:.0f} GFLOP/s, `torch.mm` in single precision {median(gemm) / 1e9:.0f}.",
        )
    ]


def example(file: CardFile, batch: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Make inputs of a network call: noise, times between the ends, conditions of every sort in turn."""
    generator = torch.Generator().manual_seed(0)
    x_t = torch.randn(batch, *file.card.shape, generator=generator)
    return x_t, torch.linspace(0.1, 0.9, batch), examples(file.card, batch)


def network_flops(network: nn.Module, inputs: tuple[torch.Tensor, ...]) -> int:
    """Count the floating-point operations of one call, an addition and a multiplication as two."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(*inputs)
    return int(counter.get_total_flops())


def calls_per_second(call: Callable[[], object], seconds: float = BLOCK_S) -> float:
    """Call something for a while after one call to warm up, and return the rate."""
    call()
    count, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        call()
        count += 1
    return count / passed
