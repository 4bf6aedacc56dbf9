"""`make accelerator DEVICE=cpu STEPS=tiny`: a whole visit on this machine, in a clean environment, as a toy.

Both packages are written and unpacked; a Python that sees nothing but what a bare machine has installs the
wheels without a network and runs every stage by its command line; then all of it is taken in.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.accelerator.bare import PRESENT, PROVING, TRAINING, closure, missing, pins, there
from scripts.accelerator.packages import PACKAGES, TRAINING_FILE, write
from scripts.accelerator.places import FOLDER, MOST_FILES, ROOT
from scripts.accelerator.stages import MORE_TO_DO
from scripts.accelerator.wheels import TRAINING_FOLDER, download

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
MINUTES = "3"
VISITS = (("prove", "a"), ("prove", "b"), ("train", "c"), ("train", "d"), ("train", "e"))


def main() -> None:
    """Rehearse, and fail with the first stage that does."""
    began = time.monotonic()
    wheels = wheels_for(PYTHON)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        python = bare_python(base / "bare")
        toy_photos(base / "data")
        out = base / "out"
        for name in PACKAGES:
            unpack(name, base, wheels)
        for package, stage in VISITS:
            for again in (False, True):
                code = visit(python, base / package, stage, out)
                if code not in (0, *(() if again else (MORE_TO_DO,))):
                    sys.exit(f"stage {stage} ended with status {code}")
                say(f"{package}, {stage}{', again' if again else ''}: {time.monotonic() - began:.0f} s")
        files = [path for path in out.rglob("*") if path.is_file()]
        say(f"brought home: {', '.join(sorted(path.name for path in files))}")
        assert all(len(list((out / stage).iterdir())) <= MOST_FILES for _, stage in VISITS)
        take_in(out, base)
    say(f"rehearsed in {time.monotonic() - began:.0f} s; not run on a GPU")


def wheels_for(python: str) -> Path:
    """Return a folder of wheels for this Python, downloaded once."""
    folder = FOLDER / f"rehearsal-{python}"
    for_training = missing(TRAINING)
    others = [name for name in missing(PROVING) if name not in for_training]
    for names, place in ((others, folder), (for_training, folder / TRAINING_FOLDER)):
        wanted = pins(names, python)
        if len(list(place.glob("*.whl"))) != len(wanted):
            download(wanted, python, place)
    return folder


def bare_python(folder: Path) -> Path:
    """Make an environment that sees what a bare machine has, and nothing else of this one."""
    venv.create(folder / "venv", with_pip=True)
    visible = folder / "visible"
    visible.mkdir()
    for name in there() | closure(PRESENT):
        for path in distribution(name).files or ():
            top = path.parts[0]
            source = Path(str(distribution(name).locate_file(top)))
            if top not in ("..", "__pycache__") and source.exists() and not (visible / top).exists():
                (visible / top).symlink_to(source)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "bare.pth").write_text(f"{visible}\n", encoding="utf-8")
    return folder / "venv" / "bin" / "python"


def unpack(name: str, base: Path, wheels: Path) -> None:
    """Write a package and unpack it, as it would be on the machine."""
    target = base / f"{name}.tar"
    size = write(PACKAGES[name], target, wheels, base / "data")
    with tarfile.open(target) as archive:
        archive.extractall(base / name, filter="data")
    target.unlink()
    say(f"{name}: {size / 2**20:.1f} MiB, with wheels for Python {PYTHON} and toy pictures")


def visit(python: Path, root: Path, stage: str, out: Path) -> int:
    """Run one stage by its command line, in an environment without anything of this one's."""
    home = root.parent / "home"
    home.mkdir(exist_ok=True)
    clean = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "OUT": str(out), "PIP_NO_INDEX": "1"}
    command = [str(python), "-m", "scripts.accelerator.run", stage, "--device", "cpu", "--steps", "tiny"]
    return subprocess.run([*command, "--minutes", MINUTES], cwd=root, env=clean, check=False).returncode  # noqa: S603


def take_in(out: Path, base: Path) -> None:
    """Have what was brought home taken in, in the unpacked tree rather than in this one."""
    results = base / "RESULTS.md"
    results.write_text((ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "scripts.accelerator.collect", str(out), "--results", str(results)]
    command += ["--figures", str(base / "gpu.json"), "--models", str(base / "models"), "--tiny"]
    subprocess.run(command, cwd=base / "train", env={**os.environ, "PYTHONPATH": "."}, check=True)  # noqa: S603


def toy_photos(folder: Path, count: int = 40) -> None:
    """Write a file of a few JPEGs in the form of the training pictures."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    jpegs = []
    for _ in range(count):
        content = io.BytesIO()
        Image.fromarray(generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(content, "JPEG")
        jpegs.append(content.getvalue())
    offset = np.concatenate([[0], np.cumsum([len(jpeg) for jpeg in jpegs])])
    jpeg = np.frombuffer(b"".join(jpegs), np.uint8)
    label = (np.arange(count) % 10).astype(np.uint8)
    np.savez(folder / TRAINING_FILE, jpeg=jpeg, offset=offset, label=label)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"== {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
