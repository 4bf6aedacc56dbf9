"""The stages of a visit to an accelerator machine: what each runs, and what of it is brought home.

Standard library alone; the work itself is done by other processes, which have what was installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts.accelerator.parts import cut
from scripts.accelerator.places import MOST_BYTES, ROOT
from scripts.accelerator.record import Record
from scripts.accelerator.site import environment

MORE_TO_DO = 3
LEEWAY_S = 40.0
"""A process that does not end by itself is stopped so long after its minutes."""


@dataclass(frozen=True)
class Visit:
    """How a call was asked for.

    Args:
        device: "cuda", or "cpu" to try it all out.
        tiny: whether everything has toy size.
        steps: optimiser steps of a training; those of the recipe where it is None.
        minutes: how long a stage may take.
    """

    device: str
    tiny: bool
    steps: int | None
    minutes: float


@dataclass(frozen=True)
class Stage:
    """A piece of a visit, within ten minutes, that the next call goes on with.

    Args:
        name: one letter.
        title: what it does.
        run: does it, and returns whether it is done.
        brings: files that are brought home beside its record.
    """

    name: str
    title: str
    run: Callable[[Visit, Record], bool]
    brings: Callable[[Record, Path], list[Path]]


def tests(visit: Visit, record: Record) -> bool:
    """Run the tests of the GPU runtime."""
    report, figures = record.work / "tests.xml", record.work / "figures.json"
    figures.unlink(missing_ok=True)
    report.unlink(missing_ok=True)
    chosen = ["tests/engine/cuda", "tests/engine/runtime", "tests/engine/test_recovery.py"]
    left_out = "export or slow" if visit.tiny else "export"
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "default", "-m", f"not ({left_out})"]
    code = call(
        [*command, f"--junitxml={report}", *chosen],
        visit,
        record,
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        CUDA_FIGURES=str(figures),
    )
    found = _counted(report)
    measured = json.loads(figures.read_text()) if figures.is_file() else {}
    record.add(exit=code, figures=measured, **found)
    return code == 0 and (visit.device == "cpu" or not found["skipped"])


def targets(visit: Visit, record: Record) -> bool:
    """Measure the targets of a GPU."""
    found = record.work / "measured.json"
    command = ["-m", "benchmarks.gpu", "--out", str(found), "--device", visit.device]
    command += ["--minutes", f"{visit.minutes - 1.0:g}", *(["--quick"] if visit.tiny else [])]
    code = call(command, visit, record)
    parts = json.loads(found.read_text())["parts"] if found.is_file() else []
    record.add(exit=code, parts=parts)
    return code == 0


def trained(model: str) -> Callable[[Visit, Record], bool]:
    """Return what trains a model."""

    def run(visit: Visit, record: Record) -> bool:
        command = ["-m", "scripts.accelerator.training", model, "--device", visit.device]
        command += ["--minutes", f"{max(visit.minutes - 1.0, 0.1):g}"]
        command += [
            *(["--steps", str(visit.steps)] if visit.steps else []),
            *(["--tiny"] if visit.tiny else []),
        ]
        code = call(command, visit, record)
        record.add(exit=code)
        return code == 0

    return run


def brought(*names: str) -> Callable[[Record, Path], list[Path]]:
    """Return what copies files of the work, by their path below its folder, cut where they are large.

    All that was brought lies in one folder at home, so a file of a model has the model in its name.
    """

    def copy(record: Record, out: Path) -> list[Path]:
        found = [name for name in names if (record.work / name).is_file()]
        return [part for name in found for part in cut(record.work / name, out, MOST_BYTES, home_name(name))]

    return copy


def home_name(name: str) -> str:
    """Return what a file is called at home, such as `photos-sheet.png` for `photos/sheet.png`."""
    return name.replace("/", "-")


STAGES = {
    stage.name: stage
    for stage in (
        Stage("a", "the tests of the GPU runtime", tests, brought("a.log")),
        Stage("b", "the targets of a GPU", targets, brought("measured.json", "b.log")),
        Stage(
            "c",
            "photos",
            trained("photos"),
            brought("photos/compact.safetensors", "photos/sheet.png", "c.log"),
        ),
        Stage(
            "d",
            "the painter, from scratch",
            trained("painter"),
            brought("painter/average.safetensors", "painter/sheet.png", "d.log"),
        ),
        Stage(
            "e",
            "the painter at 64 by 64, from scratch",
            trained("painter64"),
            brought("painter64/average.safetensors", "painter64/sheet.png", "e.log"),
        ),
    )
}


def call(command: list[str], visit: Visit, record: Record, **variables: str) -> int:
    """Run Python with what was installed, show and keep what it says, and return its exit status."""
    until = time.monotonic() + 60.0 * visit.minutes + LEEWAY_S
    own = {"DEVICE": visit.device, "XDG_DATA_HOME": str(record.work / "data")}
    log = record.work / f"{record.stage}.log"
    with (
        log.open("wb") as file,
        subprocess.Popen(  # noqa: S603
            [sys.executable, *command],
            cwd=ROOT,
            env=environment() | own | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        assert process.stdout is not None
        killer = _Killer(process, until)
        for line in process.stdout:
            file.write(line)
            file.flush()
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
        killer.call_off()
        return process.wait()


class _Killer:
    """Ends a process that goes on for too long."""

    def __init__(self, process: subprocess.Popen[bytes], until: float) -> None:
        self._timer = threading.Timer(max(0.0, until - time.monotonic()), process.kill)
        self._timer.daemon = True
        self._timer.start()

    def call_off(self) -> None:
        self._timer.cancel()


def _counted(report: Path) -> dict[str, object]:
    """Count the outcomes of a run of tests, and name those that failed."""
    if not report.is_file():
        return {"tests": 0, "failed": [], "skipped": 0}
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - written a moment ago
    failed = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    skipped = sum(case.find("skipped") is not None for case in cases)
    return {"tests": len(cases), "failed": failed, "skipped": skipped}
