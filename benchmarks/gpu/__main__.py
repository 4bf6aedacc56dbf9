"""`python -m benchmarks.gpu --out FILE`: S1, S3 to S7 and S14 on a GPU, part by part.

Parts that FILE has already are not measured again, so a run that was stopped goes on. `--device cpu --quick`
tries all of it out on a CPU, where the figures mean nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch

from app.settings import Settings
from benchmarks.delivery import Wanted, measure_delivery
from benchmarks.effort import QUICK, Effort
from benchmarks.first_frames import measure_first_frames
from benchmarks.gpu.prepared import Prepared
from benchmarks.gpu.speed import measure_runtimes, measure_share, raw_step_rate
from benchmarks.machine import describe, load
from benchmarks.memory import measure_memory
from benchmarks.result import Result
from benchmarks.server import Server
from benchmarks.shared_run import measure_shared_run

ON_GPU = Effort(repeats=3, seconds=3.0, events=40, starts=1)
TRIED_OUT = Effort(repeats=1, seconds=1.0, events=2, starts=1)
CROWDS = (64, 256)
FEW = 4

LIMITS = dict.fromkeys(
    ("RUNS_PER_MINUTE", "ANONYMOUS_RUNS_PER_MINUTE", "NEWCOMERS_PER_MINUTE", "ANONYMOUS_STREAMS"), "1000000"
)
"""A viewer of a GPU watches several runs a second, far more than a learner may start."""

Measurements = Mapping[str, Callable[[], list[Result]]]


def main() -> None:
    """Measure what FILE does not have yet, for so many minutes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    effort = (TRIED_OUT if device.type == "cpu" else QUICK) if arguments.quick else ON_GPU
    if device.type == "cpu":
        torch.set_num_threads(1)  # tried out beside a server
    until = time.monotonic() + 60.0 * arguments.minutes
    kept = Kept(arguments.out, machine(device))
    every = Prepared.load(Settings().models, device)
    is_done = _measure_each(offline(every, effort), kept, until)
    runtimes = ("cuda-graphs", "cuda") if device.type == "cuda" else ("eager", "onnxruntime")
    with Server.started(DEVICE=device.type, **LIMITS) as server:
        server.wait_for_runtime(*runtimes)
        crowds = CROWDS if device.type == "cuda" else (FEW,)
        several = every if device.type == "cuda" else every[:1]
        is_done &= _measure_each(served(server, several, effort, crowds), kept, until)
    sys.exit(0 if is_done else "some of it is still to be measured: run it again")


def offline(every: list[Prepared], effort: Effort) -> Measurements:
    """List what needs no server."""
    return {
        "S3": lambda: [found for one in every for found in measure_runtimes(one, effort)],
        "S4": lambda: [found for one in every for found in measure_share(one, effort)],
    }


def served(
    server: Server, every: list[Prepared], effort: Effort, crowds: tuple[int, ...]
) -> dict[str, Callable[[], list[Result]]]:
    """List what is measured of a server."""
    seeds, card = itertools.count(1), every[0].model.card

    def delivered(viewers: int, one: Prepared) -> list[Result]:
        wanted = Wanted(viewers, share=0.9, late=1.5)
        raw = partial(raw_step_rate, one)
        return measure_delivery(server, one.model.card, raw, seeds, effort, wanted)

    measurements: dict[str, Callable[[], list[Result]]] = {
        f"S1 and S6, {one.model.card.name}, {viewers} viewers": partial(delivered, viewers, one)
        for viewers in crowds
        for one in every
    }
    measurements["S7"] = lambda: measure_shared_run(server, card, seeds)
    measurements["S5"] = lambda: measure_first_frames(server, card, seeds, effort)
    measurements["S14"] = lambda: measure_memory(server, card, seeds, crowds[0])
    return measurements


class Kept:
    """Results on disk, part by part.

    Args:
        path: of the file; one of another machine is begun anew.
        machine: facts of this one.
    """

    def __init__(self, path: Path, machine: Mapping[str, str]) -> None:
        self._path = path
        self._content: dict[str, Any] = {"machine": dict(machine), "results": [], "parts": []}
        if path.exists():
            before = json.loads(path.read_text())
            if before["machine"].get("GPU") == machine.get("GPU"):
                self._content |= {"results": before["results"], "parts": before["parts"]}

    def __contains__(self, part: str) -> bool:
        return part in self._content["parts"]

    def add(self, part: str, results: list[Result]) -> None:
        """Keep what one part found."""
        self._content["parts"].append(part)
        self._content["results"] += [asdict(result) for result in results]
        partial_path = self._path.with_suffix(".partial")
        partial_path.parent.mkdir(parents=True, exist_ok=True)
        partial_path.write_text(json.dumps(self._content, indent=1, ensure_ascii=False))
        partial_path.replace(self._path)


def machine(device: torch.device) -> dict[str, str]:
    """Describe the machine and its GPU."""
    if device.type == "cpu":
        return {"GPU": "none: tried out on a CPU"} | describe(load())
    about = torch.cuda.get_device_properties(device)
    gpu = f"{about.name}, {about.total_memory / 2**30:.0f} GiB, CUDA {torch.version.cuda}"
    return {"GPU": gpu} | describe(load())


def _measure_each(measurements: Measurements, kept: Kept, until: float) -> bool:
    """Measure what is not kept yet while there is time; return whether nothing is left."""
    is_done = True
    for part, measurement in measurements.items():
        if part in kept:
            continue
        if time.monotonic() > until:
            return False
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        try:
            results = measurement()
        except Exception:
            traceback.print_exc()
            is_done = False
            continue
        for result in results:
            print(f"  {result.what}: {result.measured_text}", file=sys.stderr, flush=True)
        kept.add(part, results)
    return is_done


if __name__ == "__main__":
    main()
