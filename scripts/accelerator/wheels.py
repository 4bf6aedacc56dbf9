"""The wheels that an accelerator machine lacks: downloaded at home, installed there without a network.

`python -m scripts.accelerator.wheels` downloads them for the machine, and notes their sizes in `wheels.json`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from scripts.accelerator.bare import PROVING, PYTHON, TRAINING, missing, pins
from scripts.accelerator.places import WHEELS

SIZES = Path(__file__).parent / "wheels.json"
"""Bytes of each wheel, by its path below the folder of wheels."""

TRAINING_FOLDER = "training"
"""Below the folder of wheels: those that training needs; the others lie beside it."""

GLIBC = (17, 24, 27, 28, 31, 34, 35)
PLATFORMS = (*(f"manylinux_2_{minor}_x86_64" for minor in GLIBC), "manylinux2014_x86_64", "manylinux1_x86_64")


def main() -> None:
    """Download for a Python, by default that of the machine."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accelerator.wheels")
    parser.add_argument("--python", default=PYTHON)
    parser.add_argument("--into", type=Path, default=WHEELS)
    arguments = parser.parse_args()
    for_training = missing(TRAINING)
    others = [name for name in missing(PROVING) if name not in for_training]
    download(pins(others, arguments.python), arguments.python, arguments.into)
    download(pins(for_training, arguments.python), arguments.python, arguments.into / TRAINING_FOLDER)
    sizes = sizes_below(arguments.into)
    if arguments.python == PYTHON and arguments.into == WHEELS:
        SIZES.write_text(json.dumps(sizes, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(sizes)} wheels, {sum(sizes.values()) / 2**20:.1f} MiB, in {arguments.into}\n")


def sizes_below(folder: Path) -> dict[str, int]:
    """Return the bytes of every wheel, by its path below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*.whl"))
    }


def download(wanted: list[str], python: str, into: Path) -> None:
    """Download wheels of exactly these versions into a folder, and remove any others from it."""
    into.mkdir(parents=True, exist_ok=True)
    for path in into.glob("*.whl"):
        path.unlink()
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    command += [f"--platform={platform}" for platform in PLATFORMS]
    subprocess.run([*command, "--dest", str(into), *wanted], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
