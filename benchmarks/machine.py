"""The machine and the libraries that a measurement was made with."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from app.cores import cores

LIBRARIES = (
    "torch",
    "onnxruntime",
    "numpy",
    "starlette",
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
    "httpx2",
)


def load() -> float:
    """Return how many processes wanted to run over the last minute."""
    return os.getloadavg()[0]


def describe(load_before: float) -> dict[str, str]:
    """Put the machine in words."""
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{processor()}, {cores()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{system}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "load before the run": f"{load_before:.2f} (over 0.5 means that something else was at work)",
    }


def processor() -> str:
    """Name the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
