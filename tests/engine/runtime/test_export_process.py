"""The process that exports a network ends with the engine that began it, whenever that goes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.tiny_model import write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.export]

PARENT = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "app.engine.runtime.export_process", *sys.argv[1:], str(os.getpid())]
print(subprocess.Popen(command).pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.3, 2.0, 6.0])
def test_an_export_does_not_outlive_its_parent(tmp_path: Path, after_s: float) -> None:
    folder, target = write_tiny_model(tmp_path / "models").folder, tmp_path / "cache" / "tiny.onnx"
    arguments = [sys.executable, "-c", PARENT, str(folder), str(target)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        export = psutil.Process(int(parent.stdout.readline()))
        time.sleep(after_s)
        parent.kill()
    _, alive = psutil.wait_procs([export], timeout=5)
    assert alive == []
    left = [path.name for path in tmp_path.glob("cache/*")]
    assert left in ([], ["tiny.onnx"]), "whole or not at all"


def test_one_whose_parent_was_gone_before_it_began_ends_too(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path).folder
    command = [sys.executable, "-m", "app.engine.runtime.export_process", str(folder), str(tmp_path / "x")]
    done = subprocess.run([*command, "1"], timeout=20, check=False, capture_output=True)
    assert done.returncode == 1
    assert not (tmp_path / "x").exists()
