"""`python3 -m scripts.accelerator.run STAGE...`: a visit to an accelerator machine, from the checkout's root.

Stages that are done are left out, and one that was stopped goes on; what is to be brought home lies in the
folder of the variable OUT. Nothing but Python's standard library is needed to begin.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time

from scripts.accelerator.places import BACK, MOST_BYTES, MOST_FILES, WORK, out_folder
from scripts.accelerator.record import Record
from scripts.accelerator.site import environment, install
from scripts.accelerator.stages import MORE_TO_DO, STAGES, Visit

MINUTES = 9.0


def main() -> None:
    """Run stages; end with status 0 when they are done, and with 3 when there is more to do."""
    visit, names = _arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    install()
    if visit.device == "cuda" and not has_gpu():
        sys.exit("PyTorch can use no GPU here; --device cpu --steps tiny tries all of it out on a CPU")
    is_done = True
    for name in names:
        stage, record = STAGES[name], Record(name, WORK, BACK)
        if record.is_done:
            _say(f"{name}: {stage.title}: done before")
        else:
            _say(f"{name}: {stage.title} ...")
            began = time.monotonic()
            done = stage.run(visit, record)
            record.add(done=done, seconds=round(time.monotonic() - began, 1))
            _say(f"{name}: {'done' if done else 'more to do'} after {time.monotonic() - began:.0f} s")
        is_done &= record.is_done
        bring_home(name, record)
    sys.exit(0 if is_done else MORE_TO_DO)


def has_gpu() -> bool:
    """Say whether PyTorch can use a GPU, asked in a process of its own."""
    program = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    asked = subprocess.run([sys.executable, "-c", program], env=environment(), check=False)  # noqa: S603
    return asked.returncode == 0


def bring_home(name: str, record: Record) -> None:
    """Put a stage's record and files into the folder that is brought home.

    Raises:
        SystemExit: they are more, or larger, than can be.
    """
    out = out_folder() / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / record.path.name).write_bytes(
        (record.path if record.path.is_file() else BACK / record.path.name).read_bytes()
    )
    STAGES[name].brings(record, out)
    files = [path for path in out.iterdir() if path.is_file()]
    if len(files) > MOST_FILES or any(path.stat().st_size > MOST_BYTES for path in files):
        sys.exit(f"{out} holds more than {MOST_FILES} files, or one over {MOST_BYTES} bytes")
    _say(f"   {out}: " + ", ".join(sorted(path.name for path in files)))


def _arguments() -> tuple[Visit, list[str]]:
    parser = argparse.ArgumentParser(prog="python3 -m scripts.accelerator.run")
    parser.add_argument("stages", nargs="*", choices=[[], *STAGES], help="all of them unless given")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument(
        "--steps", default="", help="optimiser steps of a training, or tiny to try it all out"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="that each stage may take")
    given = parser.parse_args()
    tiny = given.steps == "tiny"
    if given.steps and not tiny and not given.steps.isdigit():
        parser.error(f"--steps must be a number or tiny, got {given.steps!r}")
    steps = 6 if tiny else int(given.steps) if given.steps else None
    return Visit(given.device, tiny, steps, given.minutes), given.stages or list(STAGES)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
