"""One engine process for each device, each supervised by itself: when one dies the others go on. No torch."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.engine.supervisor import Supervisor

ALL = "all"
COUNTING_S = 60.0
"""PyTorch is loaded to count the GPUs."""


class Supervisors:
    """The parent's side of the engine processes.

    Args:
        models: folder of the models.
        cache: folder for exported networks.
        device: one device, several with commas between them, or "all" for every GPU; see `devices_of`.
        limits: numbers by the names of the engine's options; several engines share the cores.
        options: of every `Supervisor`.
    """

    def __init__(
        self,
        models: Path,
        cache: Path,
        *,
        device: str = "auto",
        limits: Mapping[str, int] | None = None,
        **options: Any,
    ) -> None:
        devices = devices_of(device)
        limits = dict(limits or {})
        if len(devices) > 1:
            limits = {"threads": max(1, (os.cpu_count() or 1) // len(devices))} | limits
        self.token = secrets.token_urlsafe(24)
        self.engines: Sequence[Supervisor] = [
            Supervisor(models, cache, device=one, token=self.token, limits=limits, **options)
            for one in devices
        ]

    @property
    def urls(self) -> str:
        """Where the engines listen, with commas between them."""
        return ",".join(engine.url for engine in self.engines)

    def start(self) -> None:
        """Start the engines and keep them running until `stop`."""
        for engine in self.engines:
            engine.start()

    def stop(self) -> None:
        """End all engines at once."""
        with ThreadPoolExecutor(len(self.engines)) as pool:
            list(pool.map(Supervisor.stop, self.engines))


def devices_of(wanted: str) -> list[str]:
    """Name the device of each engine.

    Args:
        wanted: devices with commas between them, or "all": every GPU that PyTorch sees, counted by a process
            of its own. Where there is none, one engine looks for it and says why it runs on the CPU.
    """
    if wanted != ALL:
        return wanted.split(",")
    command = [sys.executable, "-m", "app.engine.devices"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=COUNTING_S, check=True)  # noqa: S603
        return [f"cuda:{number}" for number in range(int(told.stdout))] or ["cuda"]
    except (subprocess.SubprocessError, ValueError):
        return ["cuda"]
