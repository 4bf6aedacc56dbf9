"""How many cores a process may use: by affinity, and by the quotas of control groups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cores as cores_module
from app.cores import LIBRARIES, cores, limit_libraries

ROOT = Path(__file__).parent.parent

VERSION_2 = "0::{}\n"


def machine(root: Path, group: str, **files: str) -> Path:
    """Lay out what the kernel shows of control groups; the names of files have their folders after `__`."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(group)
    for name, text in files.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture(autouse=True)
def _bound_to_64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores_module, "_bound_to", lambda: 64)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200000 100000\n", 2),
        ("150000 100000\n", 1),
        ("50000 100000\n", 1),
        ("3200000 50000\n", 64),
        ("9900000 100000\n", 64),
        ("max 100000\n", 64),
        ("max\n", 64),
        ("", 64),
        ("0 100000", 64),
        ("-1 100000", 64),
        ("two 100000", 64),
    ],
)
def test_a_containers_quota_counts(tmp_path: Path, text: str, expected: int) -> None:
    assert cores(machine(tmp_path, VERSION_2.format("/"), cpu_dot_max=text)) == expected


def test_the_smallest_quota_of_all_groups_above_counts(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        VERSION_2.format("/system.slice/fromnoise.service"),
        **{
            "cpu_dot_max": "max 100000",
            "system.slice__cpu_dot_max": "300000 100000",
            "system.slice__fromnoise.service__cpu_dot_max": "800000 100000",
        },
    )
    assert cores(root) == 3


@pytest.mark.parametrize("folder", ["cpu", "cpu,cpuacct"])
def test_control_groups_of_the_first_version_count(tmp_path: Path, folder: str) -> None:
    root = machine(
        tmp_path,
        "9:name=systemd:/\n4:memory:/docker/1a2b\n1:cpu,cpuacct:/docker/1a2b\n",
        **{f"{folder}__cpu.cfs_quota_us": "400000\n", f"{folder}__cpu.cfs_period_us": "100000\n"},
    )
    assert cores(root) == 4


@pytest.mark.parametrize("group", ["", "nonsense\n", "0::\n", "0::/../..\n", "1:cpu:relative\n"])
def test_what_cannot_be_read_limits_nothing(tmp_path: Path, group: str) -> None:
    assert cores(machine(tmp_path, group)) == 64


def test_a_system_without_control_groups_limits_nothing(tmp_path: Path) -> None:
    assert cores(tmp_path) == 64


def test_libraries_get_as_many_threads_and_what_is_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores_module, "cores", lambda: 3)
    environment = {"OMP_NUM_THREADS": "1"}
    limit_libraries(environment)
    assert environment == dict.fromkeys(LIBRARIES, "3") | {"OMP_NUM_THREADS": "1"}


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only where processes can be bound")
def test_a_process_bound_to_one_core_computes_with_one_thread() -> None:
    """Of the engine, PyTorch and numpy's library; by `taskset -c 1` as well."""
    program = (
        "import os, sys\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from app.cores import limit_libraries\n"
        "limit_libraries(os.environ)\n"
        "import torch\n"
        "from app.engine.__main__ import _arguments\n"
        "sys.argv = ['engine', '--port', '1', '--models', '.', '--cache', '.']\n"
        "print(_arguments().threads, torch.get_num_threads(), os.environ['OPENBLAS_NUM_THREADS'])\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in LIBRARIES}
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"ENGINE_TOKEN": "t"},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=True,
    ).stdout
    assert printed == "1 1 1\n"
