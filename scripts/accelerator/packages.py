"""The two packages for an accelerator machine: `prove` for the tests and measurements, `train` for training.

`python -m scripts.accelerator.packages prove FILE.tar` writes one; unpacked, it is a checkout with what else
is needed below `accelerator/`. A machine that gets the checkout anyway needs only those folders.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from scripts.accelerator.places import DATA, FOLDER, ROOT, WHEELS
from scripts.accelerator.wheels import SIZES, TRAINING_FOLDER

MOST_BYTES = 60 * 2**20
TRAINING_FILE = "cifar10_train_jpeg.npz"
DATA_BYTES = {TRAINING_FILE: 46_492_007}
TESTS_THAT_TRAVEL = ("tests/engine/", "tests/tiny_model.py", "tests/conftest.py")


@dataclass(frozen=True)
class Package:
    """What travels.

    Args:
        name: of the package.
        models: whether those of the checkout do.
        tests: whether those of the engine do.
        wheels: the folder of wheels, below that of all.
        data: files of training pictures.
    """

    name: str
    models: bool
    tests: bool
    wheels: str
    data: tuple[str, ...] = ()

    def takes(self, path: str) -> bool:
        """Say whether a file of the checkout travels."""
        if path.startswith("models/"):
            return self.models
        if path.startswith("tests/"):
            return self.tests and path.startswith(TESTS_THAT_TRAVEL)
        return not path.startswith(("docs/", ".github/"))

    def tree(self) -> list[str]:
        """List the files of the checkout that travel."""
        return [path for path in tracked() if self.takes(path)]

    def extras(self, wheels: Path, data: Path) -> dict[str, Path]:
        """Return what travels beside them: where it lies in the package, and where it is taken from.

        Args:
            wheels: the folder of all wheels.
            data: the folder of training pictures.
        """
        below = sorted((wheels / self.wheels).rglob("*.whl"))
        files = {_in_package(WHEELS / path.relative_to(wheels)): path for path in below}
        return files | {_in_package(DATA / name): data / name for name in self.data}

    def recorded_bytes(self) -> int:
        """Add up the files of the checkout, the wheels as they were last downloaded, and the data."""
        wheels: dict[str, int] = json.loads(SIZES.read_text(encoding="utf-8"))
        prefix = f"{self.wheels}/" if self.wheels else ""
        tree = sum((ROOT / path).stat().st_size for path in self.tree())
        brought = sum(size for path, size in wheels.items() if path.startswith(prefix))
        return tree + brought + sum(DATA_BYTES[name] for name in self.data)


PACKAGES = {
    package.name: package
    for package in (
        Package("prove", models=True, tests=True, wheels=""),
        Package("train", models=False, tests=False, wheels=TRAINING_FOLDER, data=(TRAINING_FILE,)),
    )
}


def tracked() -> list[str]:
    """List the files of the checkout that git knows, and new ones that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file())


def write(package: Package, target: Path, wheels: Path = WHEELS, data: Path = DATA) -> int:
    """Write a package as a tar file, and return its size."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w") as archive:
        for path in package.tree():
            archive.add(ROOT / path, arcname=path, recursive=False)
        for path, source in package.extras(wheels, data).items():
            archive.add(source, arcname=path, recursive=False)
    return target.stat().st_size


def _in_package(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> None:
    """Write one of the packages."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accelerator.packages")
    parser.add_argument("name", choices=PACKAGES)
    parser.add_argument("target", type=Path, nargs="?")
    arguments = parser.parse_args()
    package = PACKAGES[arguments.name]
    absent = [name for name in package.data if not (DATA / name).is_file()]
    if absent or not any(WHEELS.rglob("*.whl")):
        need = ", ".join([*(f"{DATA / name}" for name in absent), f"{WHEELS} (make accelerator-wheels)"])
        sys.exit(f"first bring what is missing: {need}")
    size = write(package, arguments.target or FOLDER / f"{package.name}.tar")
    sys.stdout.write(f"{package.name}: {size / 2**20:.1f} MiB, {MOST_BYTES / 2**20:.0f} at most\n")
    sys.exit(size > MOST_BYTES)


if __name__ == "__main__":
    main()
