"""`PIP_INDEX_URL` in the set-up: no step goes to another index. Its programs are replaced, and only note."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MIRROR = "https://mirror.example/simple"

NOTE = """#!/bin/sh
echo "{name} $* [$PIP_INDEX_URL|$UV_DEFAULT_INDEX|$UV_INDEX|$npm_config_registry]" >> "{log}"
case "$*" in *show*torch*) exit 1;; esac
"""


@pytest.fixture
def steps(tmp_path: Path):
    """Run a target of the Makefile in a folder of its own; gives every installer that it called, and how."""
    for name in ("Makefile", "pyproject.toml", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "requirements/ci.lock", tmp_path / "requirements")
    log = tmp_path / "log"
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    for name in ("python", "uv", "fromnoise"):
        program = tmp_path / ".venv/bin" / name
        program.write_text(NOTE.format(name=name, log=log))
        program.chmod(0o755)

    def run(*arguments: str, **environment: str) -> list[str]:
        log.write_text("")
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "npm_"))
        }
        # `true` stands in for the Python that makes .venv, which is there already.
        subprocess.run(
            ["make", "PYTHON=true", *arguments],
            cwd=tmp_path,
            env=inherited | environment,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return log.read_text().splitlines()

    return run


@pytest.mark.parametrize("device", ["", "cpu", "cuda"])
@pytest.mark.parametrize("target", ["install", ".venv/ready-test", "lock"])
def test_every_step_takes_the_index_that_is_set(steps, target: str, device: str) -> None:
    called = steps(target, f"DEVICE={device}", PIP_INDEX_URL=MIRROR)
    assert any("install" in line and '"torch' not in line for line in called)
    for line in called:
        assert f"[{MIRROR}|" in line, line
        assert "torch-backend" not in line
        if line.startswith("uv "):
            assert f"|{MIRROR}|" in line
    assert not re.search(r"pytorch\.org|pypi\.org", "".join(called))


def test_pytorch_may_have_an_index_of_its_own(steps) -> None:
    wheels = "https://mirror.example/pytorch/cpu"
    called = steps("install", "DEVICE=cpu", PIP_INDEX_URL=MIRROR, TORCH_INDEX_URL=wheels)
    (torch,) = [line for line in called if "torch>" in line]
    assert f"--index-url {wheels} " in torch
    assert not [line for line in called if "torch>" not in line and wheels in line]


def test_without_one_the_small_build_comes_from_pytorchs_own_site(steps) -> None:
    (torch,) = [line for line in steps("install", "DEVICE=cpu") if "torch>" in line]
    assert torch.startswith("uv pip install")
    assert "--torch-backend cpu" in torch


def test_a_further_index_reaches_uv_too(steps) -> None:
    called = steps("lock", PIP_INDEX_URL=MIRROR, PIP_EXTRA_INDEX_URL="https://more.example/simple")
    (compiled,) = [line for line in called if "compile" in line]
    assert f"[{MIRROR}|{MIRROR}|https://more.example/simple|]" in compiled


def test_npm_reads_its_own_name_of_it_and_nothing_here_names_a_registry(steps) -> None:
    called = steps("node_modules/.package-lock.json", PIP_INDEX_URL=MIRROR, npm_config_registry=MIRROR)
    (npm,) = [line for line in called if "npm" in line.partition("[")[0]]
    assert f"|{MIRROR}]" in npm
    assert "registry=" not in (ROOT / ".npmrc").read_text().replace("omit-lockfile-registry-resolved=", "")
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_the_container_is_built_from_the_index_that_is_given() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    build = next(stage for stage in stages if "make install" in stage)
    declared = build.index("ARG PIP_INDEX_URL")
    assert declared < build.index("RUN mkdir")
    assert not [stage for stage in stages if stage is not build and "PIP_INDEX_URL" in stage]


def test_ci_sets_no_index() -> None:
    assert "INDEX" not in (ROOT / ".ci/run").read_text()
