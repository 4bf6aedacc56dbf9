"""One engine for each device: which devices there are, and what each engine is started with."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys

import pytest
import torch

from app.engine import devices
from app.engine.supervisors import Supervisors, devices_of


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ("auto", ["auto"]),
        ("cuda:1", ["cuda:1"]),
        ("cuda:0,cuda:2", ["cuda:0", "cuda:2"]),
        ("cpu,cpu", ["cpu"] * 2),
    ],
    ids=["auto", "one", "two", "twice"],
)
def test_devices_that_are_named_are_taken_as_they_are(wanted, named):
    assert devices_of(wanted) == named


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("3\n", ["cuda:0", "cuda:1", "cuda:2"]),
        ("1\n", ["cuda:0"]),
        ("0\n", ["cuda"]),
        ("", ["cuda"]),
        (None, ["cuda"]),
    ],
    ids=["three", "one", "none", "no answer", "a crash"],
)
def test_every_gpu_is_counted_by_a_process_of_its_own(monkeypatch, told, named):
    def run(command, **options):
        assert command == [sys.executable, "-m", "app.engine.devices"]
        if told is None:
            raise subprocess.CalledProcessError(-11, command)
        return subprocess.CompletedProcess(command, 0, told)

    monkeypatch.setattr(subprocess, "run", run)
    assert devices_of("all") == named


@pytest.mark.parametrize("gpus", [0, 2])
def test_that_process_says_how_many_there_are(monkeypatch, capsys, gpus):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    runpy.run_path(devices.__file__, run_name="__main__")
    assert capsys.readouterr().out == f"{gpus}\n"


def test_engines_share_the_cores_and_the_secret_and_one_alone_has_all(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    several = Supervisors(tmp_path, tmp_path, device="cpu,cpu,cuda:1", limits={"runs-per-minute": 5})
    commands = [[*engine._command, *engine._on_device()] for engine in several.engines]
    assert [command[command.index("--threads") + 1] for command in commands] == ["2"] * 3
    assert [command[command.index("--device") + 1] for command in commands] == ["cpu", "cpu", "cuda:1"]
    assert all(command[command.index("--runs-per-minute") + 1] == "5" for command in commands)
    assert {engine.token for engine in several.engines} == {several.token}
    assert len(set(several.urls.split(","))) == 3
    one = Supervisors(tmp_path, tmp_path, device="cpu")
    assert "--threads" not in one.engines[0]._command
    for whole in (several, one):
        whole.stop()
    assert not any(engine.socket.parent.exists() for engine in several.engines)
