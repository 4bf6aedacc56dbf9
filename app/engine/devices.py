"""Which device an engine computes on: the GPU that was asked for, or the CPU with the reason in one line.

`python -m app.engine.devices` says how many GPUs there are.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch

LEAST_FREE_BYTES = 2**30
"""What the models and their steps need, with room for what libraries take."""

ON_CPU = "the models run on the CPU"


@dataclass(frozen=True)
class Choice:
    """A device, and why it is not the one that was to be expected; None where it is."""

    device: torch.device
    notice: str | None = None


class Driver(Protocol):
    """What is asked of CUDA before anything is computed."""

    def built_for(self) -> str | None:
        """Return the CUDA version that PyTorch was built for; None for a build without it."""

    def count(self) -> tuple[int, str]:
        """Return how many GPUs are to be seen, and what the driver complains of."""

    def free_bytes(self, index: int) -> int:
        """Return how much memory of a GPU is free."""

    def try_out(self, index: int) -> None:
        """Compute something small on a GPU; raises what goes wrong."""


def choose(wanted: str, driver: Driver | None = None, environment: Mapping[str, str] = os.environ) -> Choice:
    """Choose the device.

    Args:
        wanted: "auto", "cpu", "cuda" or "cuda:N". With "auto", PyTorch without CUDA is no surprise.
        driver: CUDA, unless given.
        environment: for `CUDA_VISIBLE_DEVICES`.
    """
    driver = driver or TorchDriver()
    if wanted == "cpu" or (wanted == "auto" and driver.built_for() is None):
        return Choice(torch.device("cpu"))
    index = int(wanted.partition(":")[2] or 0)
    fault = _fault(driver, index, environment.get("CUDA_VISIBLE_DEVICES"))
    if fault is None:
        return Choice(torch.device("cuda", index))
    return Choice(torch.device("cpu"), f"{fault}; {ON_CPU}")


def _fault(driver: Driver, index: int, visible: str | None) -> str | None:
    """Say in a line without its full stop why a GPU cannot be used; None if it can."""
    built_for = driver.built_for()
    if built_for is None:
        return "this build of PyTorch has no CUDA: install one that has, to use a GPU"
    count, complaint = driver.count()
    if count == 0:
        return _why_none(built_for, complaint, visible)
    if index >= count:
        seen = "the only GPU is cuda:0" if count == 1 else f"the GPUs are cuda:0 to cuda:{count - 1}"
        return f"there is no GPU cuda:{index}: {seen}"
    try:
        free = driver.free_bytes(index)
        if free < LEAST_FREE_BYTES:
            needed = f"{LEAST_FREE_BYTES / 2**30:.1f} are needed"
            return f"the GPU has {free / 2**30:.1f} GiB of memory free, and {needed}"
        driver.try_out(index)
    except (RuntimeError, AssertionError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return f"the GPU cannot compute ({first})"
    return None


def _why_none(built_for: str, complaint: str, visible: str | None) -> str:
    if visible is not None and not visible.strip():
        return "CUDA_VISIBLE_DEVICES is empty, which hides every GPU: unset it to use one"
    if "too old" in complaint:
        needs = f"PyTorch's CUDA {built_for} needs"
        return f"the GPU's driver is older than {needs}: renew it, or install a build for an older CUDA"
    if visible is not None:
        return f"CUDA_VISIBLE_DEVICES is {visible!r}, which names no GPU of this machine: correct or unset it"
    if complaint:
        return f"no GPU can be used ({complaint})"
    return "there is no GPU that CUDA can use"


class TorchDriver:
    """CUDA as PyTorch sees it."""

    def built_for(self) -> str | None:
        """Return the CUDA version that PyTorch was built for."""
        return torch.version.cuda

    def count(self) -> tuple[int, str]:
        """Count the GPUs; what PyTorch would warn of is returned in its first line."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        complaints = [str(warning.message).strip().splitlines()[0] for warning in caught]
        return count, "; ".join(complaints)

    def free_bytes(self, index: int) -> int:
        """Return the free memory of a GPU."""
        return int(torch.cuda.mem_get_info(index)[0])

    def try_out(self, index: int) -> None:
        """Convolve a few zeros in bfloat16, and wait for the result."""
        x = torch.zeros(1, 8, 8, 8, device=f"cuda:{index}", dtype=torch.bfloat16)
        torch.nn.functional.conv2d(x, torch.zeros(8, 8, 3, 3, device=x.device, dtype=x.dtype)).sum().item()


if __name__ == "__main__":
    sys.stdout.write(f"{TorchDriver().count()[0]}\n")
