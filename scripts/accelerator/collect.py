"""Takes in, at home, what a visit to an accelerator machine brought.

`python -m scripts.accelerator.collect FOLDER` keeps its files for the next visit, says how every stage
stands, puts measured figures into `benchmarks/RESULTS.md`, and writes the model folder of a training that is
done.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from safetensors.torch import save_file

from app.settings import files_folder
from app.training.made_text import Made
from app.training.recipes import RECIPES
from app.training.shipping import ship
from app.training.train import WEIGHTS
from benchmarks.gpu import section
from scripts.accelerator import compact
from scripts.accelerator.parts import join
from scripts.accelerator.places import BACK, FOLDER
from scripts.accelerator.record import Record
from scripts.accelerator.stages import STAGES, home_name
from scripts.accelerator.training import recipe_of

MEASURED = "measured.json"


def main() -> None:
    """Take one folder in."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accelerator.collect")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=files_folder("models"))
    parser.add_argument("--results", type=Path, default=section.RESULTS)
    parser.add_argument("--figures", type=Path, default=section.FIGURES)
    parser.add_argument("--tiny", action="store_true", help="what was brought is of toy size")
    arguments = parser.parse_args()
    keep(arguments.folder, BACK)
    for line in report(BACK):
        sys.stdout.write(line + "\n")
    if (BACK / MEASURED).is_file():
        figures(BACK / MEASURED, arguments.figures, arguments.results)
    for line in models(BACK, arguments.models, tiny=arguments.tiny):
        sys.stdout.write(line + "\n")


def keep(folder: Path, back: Path) -> None:
    """Copy every file that was brought; the parts of one replace all parts of the one before."""
    back.mkdir(parents=True, exist_ok=True)
    found = [path for path in folder.rglob("*") if path.is_file()]
    cut = {path.name.partition(".part")[0] for path in found if ".part" in path.name}
    for old in back.iterdir():
        if old.name.partition(".part")[0] in cut:
            old.unlink()
    for path in found:
        shutil.copyfile(path, back / path.name)


def report(back: Path) -> list[str]:
    """Say of every stage how it stands."""
    lines = []
    for name, stage in STAGES.items():
        known = Record(name, back, back).read()
        state = "done" if known.get("done") else "more to do" if known else "not run"
        facts = {
            key: known[key] for key in ("tests", "failed", "step", "steps", "steps_per_s") if key in known
        }
        lines.append(f"{name}: {stage.title}: {state} {facts or ''}".rstrip())
    return lines


def figures(measured: Path, kept: Path, results: Path) -> None:
    """Put figures into the page of results."""
    found = section.joined(section.read(kept), section.read(measured))
    kept.write_text(section.as_json(found))
    results.write_text(section.renew(results.read_text(), found))


def models(back: Path, folder: Path, *, tiny: bool) -> list[str]:
    """Write the folder of every model whose training is done, with nothing measured of it yet."""
    lines = []
    for stage, name in (("c", "photos"), ("d", "painter"), ("e", "painter64")):
        known = Record(stage, back, back).read()
        if known.get("done"):
            work = FOLDER / "made" / name
            work.mkdir(parents=True, exist_ok=True)
            content = _weights(name, back, work)
            if content is None:
                lines.append(f"{name}: done, but not all parts of its weights were brought")
                continue
            (work / WEIGHTS).write_bytes(content)
            recipe = recipe_of(name, known["recipe_steps"], tiny=tiny)
            made = Made(known["hardware"], 60.0 * known["minutes"], _remark(name, recipe.steps))
            file = ship(name, recipe, work, folder, made)
            lines.append(f"{name}: wrote {file.folder}; now measure it: fromnoise evaluate {name}")
    return lines


def _weights(name: str, back: Path, work: Path) -> bytes | None:
    """Return the averaged weights at half precision; those of `photos` are part of the whole run."""
    if name != "photos":
        return join(home_name(f"{name}/{WEIGHTS}"), back)
    whole = join(home_name(f"{name}/{compact.FILE}"), back)
    if whole is None:
        return None
    (work / compact.FILE).write_bytes(whole)
    average, _ = compact.average_of(work / compact.FILE)
    save_file(average, work / WEIGHTS)
    return (work / WEIGHTS).read_bytes()


def _remark(name: str, steps: int) -> str:
    full = RECIPES[name].steps
    return "" if steps == full else f"It was trained for {steps:,} steps, not the recipe's {full:,}."


if __name__ == "__main__":
    main()
