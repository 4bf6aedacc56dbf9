"""S3 and S4 on a GPU, and the raw loop of S1: whole steps without an engine or a web."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from statistics import median

import torch

from app.controls.request import read_request
from app.engine.reading import read_run
from app.engine.run import RunSpec
from app.engine.runtime.cuda import Launched
from app.engine.runtime.sizes import size_for
from app.engine.trajectory import Trajectory, begin
from benchmarks.conditions import asked
from benchmarks.effort import Effort
from benchmarks.gpu.prepared import Prepared
from benchmarks.result import Result
from benchmarks.runtimes import BLOCK_S, calls_per_second, example, network_flops

GEMM_SIDE = 8192
S3_TARGETS = ((1, 3.0), (64, 1.2))
S4_BATCH = 256


def wait_of(device: torch.device) -> Callable[[], None]:
    """Return what waits for a device."""
    return torch.cuda.synchronize if device.type == "cuda" else (lambda: None)


def measure_runtimes(prepared: Prepared, effort: Effort) -> list[Result]:
    """Measure S3: network calls a second of the plain network, against whole steps as they ship."""
    model, device = prepared.model, prepared.model.device
    wait, results = wait_of(device), []
    for batch, target in S3_TARGETS:
        inputs = tuple(tensor.to(device) for tensor in example(prepared.file, batch))
        prepared.steps(*inputs)

        def plain(inputs: tuple[torch.Tensor, ...] = inputs) -> None:
            model.eager(*inputs)
            wait()

        def shipped(size: int = size_for(batch, prepared.steps.sizes) or batch) -> None:
            prepared.steps.repeat(size)
            wait()

        rates: dict[Callable[[], None], list[float]] = {plain: [], shipped: []}
        for _ in range(2 * effort.repeats):
            for call, found in rates.items():
                found.append(calls_per_second(call, min(BLOCK_S, effort.seconds)))
        eager_rate, step_rate = median(rates[plain]), median(rates[shipped])
        results.append(
            Result(
                code="S3",
                what=f"{model.card.name}: shipped runtime against eager, batch {batch}",
                measured=step_rate / eager_rate,
                sense="≥",
                target=target,
                unit="",
                how=f"Calls a second in turns of {BLOCK_S:g} s, each waited for: whole steps "
                f"({prepared.steps.name}: the network in bfloat16, guidance, the sampler's row and pixels) "
                f"{step_rate:.0f}, the network alone in torch eager with channels last {eager_rate:.0f}.",
            )
        )
    return results


def measure_share(prepared: Prepared, effort: Effort) -> list[Result]:
    """Measure S4: arithmetic done while stepping, against a matrix product in bfloat16."""
    model, device = prepared.model, prepared.model.device
    wait = wait_of(device)
    small = tuple(tensor.to(device) for tensor in example(prepared.file, 8))
    flops = network_flops(model.eager.network, small) / 8
    side = GEMM_SIDE if device.type == "cuda" else 256
    left, right = torch.randn(2, side, side, device=device, dtype=torch.bfloat16).unbind()
    gemm, stepping = [], []

    def multiply() -> None:
        torch.mm(left, right)
        wait()

    size = size_for(S4_BATCH, prepared.steps.sizes) or S4_BATCH

    def step() -> None:
        prepared.steps.repeat(size)
        wait()

    for _ in range(effort.repeats):
        gemm.append(2 * side**3 * calls_per_second(multiply, effort.seconds))
        stepping.append(flops * S4_BATCH * calls_per_second(step, effort.seconds))
    return [
        Result(
            code="S4",
            what=f"{model.card.name}: arithmetic while stepping at batch {S4_BATCH} against a {side}³ matrix "
            "product in bfloat16",
            measured=median(stepping) / median(gemm),
            sense="≥",
            target=0.25,
            unit="",
            how=f"The network takes {flops / 1e6:.0f} MFLOP a picture; whole steps do "
            f"{median(stepping) / 1e12:.1f} TFLOP/s, `torch.mm` {median(gemm) / 1e12:.1f}.",
        )
    ]


def raw_step_rate(prepared: Prepared, viewers: float, guidance: float, seconds: float) -> float:
    """Return image-steps a second of whole steps, each one's pixels read after the next one's launch.

    Args:
        prepared: the model.
        viewers: pictures, each of a run of its own; more than a call may have take several calls a step.
        guidance: other than 0 and 1 it costs a second network row a picture.
        seconds: about how long to measure.
    """
    seeds = itertools.count(2**40)
    specs = [_spec(prepared, viewer, guidance) for viewer in range(int(viewers))]
    rows = specs[0].rows_per_picture
    size = max(1, prepared.model.max_rows // rows)
    parts = [specs[first : first + size] for first in range(0, len(specs), size)]
    runs: list[list[Trajectory]] = [[] for _ in parts]
    under_way: list[Launched] = []
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for number, part in enumerate(parts):
            if not runs[number] or runs[number][0].is_finished:
                runs[number] = [_begun(prepared, spec, next(seeds)) for spec in part]
            under_way.append(prepared.steps.launch(runs[number]))
            if len(under_way) > 1:
                under_way.pop(0).pixels()
            steps += len(part)
    for launched in under_way:
        launched.pixels()
    return steps / (time.perf_counter() - began)


def _spec(prepared: Prepared, viewer: int, guidance: float) -> RunSpec:
    card = prepared.model.card
    given = {"model": card.name, "guidance": guidance} | asked(card, viewer)
    return read_run(read_request(given), card).spec


def _begun(prepared: Prepared, spec: RunSpec, seed: int) -> Trajectory:
    model = prepared.model
    return begin(RunSpec(**{**vars(spec), "seed": seed}), model.card, model.device)
