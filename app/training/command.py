"""`fromnoise train` and `fromnoise evaluate`: progress on the terminal around the work done elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.cards import read_card
from app.errors import InvalidRequest
from app.settings import files_folder
from app.training import bench, trainer
from app.training.agenda import SHORT_CURVE, Options
from app.training.card_text import ABOUT
from app.training.evaluation import evaluate
from app.training.evaluation_data import check_data
from app.training.judge import JUDGES, JudgeRecipe
from app.training.made_text import Made
from app.training.recipes import RECIPES
from app.training.report import write_report
from app.training.shipping import (
    describe_hardware,
    measured_for_card,
    ship,
    training_seconds,
    write_measured,
)
from app.training.targets import verdicts
from app.training.train import train


def train_model(name: str, data: Path | None, work: Path, steps: int | None = None) -> None:
    """Train a model, taking up what `work` holds, and ship it with its card.

    Raises:
        InvalidRequest: there is no recipe of this name, or the data set is missing or in vain.
        CheckpointError: the weights do not fit the recipe.
    """
    if name not in RECIPES:
        raise InvalidRequest(f"no recipe named {name!r}; there are: {', '.join(RECIPES)}")
    recipe = RECIPES[name] if steps is None else replace(RECIPES[name], steps=steps)
    check_data(name, recipe.read is not None, data)
    device = best_device()
    with progress_bar() as bar:
        task = bar.add_task("starting", total=recipe.steps_in_all)

        def on_progress(now: trainer.TrainingProgress) -> None:
            words = now.beside or f"loss {now.loss:.4f}, {now.pictures_per_s:.0f} pictures/s"
            bar.update(task, completed=now.step, description=words)

        train(recipe, data, work, device, on_progress)
    shorter = f"It was trained for {recipe.steps:,} steps, not the recipe's {RECIPES[name].steps:,}."
    made = Made(describe_hardware(device), training_seconds(work), shorter if recipe != RECIPES[name] else "")
    file = ship(name, recipe, work, files_folder("models"), made)
    Console().print(f"wrote {file.folder}; measure it with: {command_line(name, Options())}")


def evaluate_model(
    folder: Path, data: Path | None, work: Path, *, quick: bool = False, options: Options | None = None
) -> None:
    """Measure the model in `folder`, write a report below `work`, and the figures onto the model's card.

    Args:
        folder: of the model.
        data: the data set that judges it; None for a model that is judged by drawings.
        work: for drawings, the judge, pictures and results; what it holds is taken up.
        quick: take fewer pictures and leave the card as it is.
        options: what to measure; everything, at the card's defaults, unless given.

    Raises:
        InvalidRequest: the options do not fit the model or the data.
        CheckpointError: card or weights are missing or disagree.
    """
    file = read_card(folder)
    options = options or published(file.card.name)
    with progress_bar() as bar:
        task = bar.add_task("starting", total=None)

        def on_progress(now: bench.EvaluationProgress) -> None:
            bar.update(task, description=now.stage, completed=now.done, total=now.total or None)

        result = evaluate(file, data, work, options.quick() if quick else options, on_progress)
    console = Console()
    console.print(figures_table(result["model"], result["figures"]))
    place = Path(result["nearest_sheet"]).parent.parent
    page = write_report(result, place / "quick" if quick else place)
    console.print(f"report: {page}", soft_wrap=True)
    if quick:
        console.print("too few pictures to publish: the card is left as it is")
    else:
        measured = measured_for_card(result, command_line(file.card.name, options))
        sheet = Path(result["sheet"]["path"]).read_bytes() if "sheet" in result else None
        write_measured(folder, measured, sheet)
        console.print("the figures are on the model's card")


def published(model: str) -> Options:
    """Return the options of an evaluation to publish: everything, at the defaults of the model's card."""
    return Options(judge=JUDGES.get(model, JudgeRecipe()), device=best_device())


def command_line(name: str, options: Options) -> str:
    """Write what a person types to measure a model in the same way."""
    given = {name: getattr(options, name) for name in ("sampler", "steps", "guidance", "eta", "grid")}
    flags = "".join(f" --{flag} {value}" for flag, value in given.items() if value is not None)
    flags += {SHORT_CURVE: " --short-curve", (): " --no-curve"}.get(options.curve, "")
    return ABOUT[name].command("evaluate", name) + flags


def figures_table(model: str, figures: dict[str, float]) -> Table:
    """Lay a model's figures out beside their targets."""
    table = Table("figure", "measured", "wanted", "met")
    for target, value in verdicts(model, figures):
        table.add_row(target.title, target.text(value), target.wanted, "yes" if target.met(value) else "no")
    return table


def best_device() -> torch.device:
    """Choose the accelerator if there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def progress_bar() -> Progress:
    """Return a bar that says what is being done, how far it is and how long it will take."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    )
