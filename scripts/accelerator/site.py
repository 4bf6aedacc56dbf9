"""Installs the wheels that were brought into a folder of the checkout. Python's standard library alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.accelerator.places import ROOT, SITE, WHEELS

MARK = "installed.txt"


def install(wheels: Path = WHEELS, site: Path = SITE) -> None:
    """Install all wheels, once; without any, what is installed is left as it is."""
    found = sorted(wheels.rglob("*.whl"))
    names = "\n".join(path.name for path in found)
    mark = site / MARK
    if not found or (mark.is_file() and mark.read_text(encoding="utf-8") == names):
        return
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    command += ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--upgrade"]
    command += ["--target", str(site), *map(str, found)]
    subprocess.run(command, check=True)  # noqa: S603
    mark.write_text(names, encoding="utf-8")


def environment(site: Path = SITE) -> dict[str, str]:
    """Return the environment in which the program and what was installed are found."""
    path = [str(site), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}
