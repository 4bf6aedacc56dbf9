"""How many cores this process may use: what decides how many threads compute.

`os.cpu_count` counts the machine's. A process may be bound to a few of them (`taskset`, a container's
cpuset), or have a quota of their time (a container's `--cpus`, systemd's `CPUQuota`), and threads beyond that
wait for each other: 64 on two cores take four times as long as two.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, MutableMapping
from pathlib import Path, PurePosixPath

LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What tells libraries for arithmetic how many threads to start; they read it when they are loaded."""

ROOT = Path("/")


def cores(root: Path = ROOT) -> int:
    """Count the cores that this process may use: at least 1, and no part of one.

    Args:
        root: of the file system that the control groups are read from.
    """
    return max(1, math.floor(min(_bound_to(), *_quotas(root), math.inf)))


def limit_libraries(environment: MutableMapping[str, str]) -> None:
    """Have libraries for arithmetic start a thread a core, in this process and those that it starts.

    What is set already stays. Call it before any of them is imported.
    """
    for name in LIBRARIES:
        environment.setdefault(name, str(cores()))


def _bound_to() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quota of each control group that this process is in, in cores.

    Reference: cgroups(7), and `cpu.max` in the kernel's cgroup-v2.rst: the smallest of a group's and of those
    above it counts.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, group = line.split(":", 2) if line.count(":") > 1 else ("", "", "")
        if not group.startswith("/"):
            continue
        for folder in _folders(root / "sys/fs/cgroup", controllers, group):
            quota = _quota_2(folder) if not controllers else _quota_1(folder)
            if quota is not None:
                yield quota


def _folders(mount: Path, controllers: str, group: str) -> Iterator[Path]:
    """Yield where a group and those above it may be; of a container's, only the root is to be seen."""
    if controllers and "cpu" not in controllers.split(","):
        return
    tops = (mount, mount / "unified") if not controllers else (mount / controllers, mount / "cpu")
    inner = PurePosixPath(group).relative_to("/")
    for top in tops:
        for part in (inner, *inner.parents):
            if ".." not in part.parts:
                yield top / part


def _quota_2(folder: Path) -> float | None:
    allowed, _, period = _text(folder / "cpu.max").strip().partition(" ")
    return _ratio(allowed, period)


def _quota_1(folder: Path) -> float | None:
    return _ratio(_text(folder / "cpu.cfs_quota_us").strip(), _text(folder / "cpu.cfs_period_us").strip())


def _ratio(allowed: str, period: str) -> float | None:
    """Divide two numbers of microseconds; None for `max`, for -1, and for what is neither."""
    if not (allowed.isdecimal() and period.isdecimal()) or int(allowed) == 0 or int(period) == 0:
        return None
    return int(allowed) / int(period)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
