"""The command `fromnoise`. Each command imports what it needs, so that `--help` stays instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.sampling_options import picture_option

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Lessons = Annotated[
    Path | None,
    typer.Option("--lessons", help="Folder of the lessons; that of the setting LESSONS unless given."),
]

HEADLINE = "Of the headline setting."
MAX_HEADLINE_STEPS = 20
"""A step makes at least one of the network calls that the headline setting may make."""


def main() -> None:
    """Run a command; errors that we raise on purpose end in one clear line, not in a traceback."""
    import os

    from pydantic import ValidationError

    from app.cores import limit_libraries
    from app.errors import FromNoiseError
    from app.printing import print_anything
    from app.validation import IN_JSON, first_causes, what_is_wrong

    print_anything()
    limit_libraries(os.environ)
    try:
        app()
    except FromNoiseError as error:
        typer.echo(f"fromnoise: {error}", err=True)
        sys.exit(1)
    except ValidationError as error:
        if error.title != "Settings":
            raise
        for fault in first_causes(error):
            name = str(fault["loc"][0]).upper()
            typer.echo(f"fromnoise: setting {name}: {what_is_wrong(fault, IN_JSON)}", err=True)
        sys.exit(1)


def print_version(wanted: bool) -> None:
    """Print the installed version and end, where `--version` was given."""
    from importlib.metadata import version

    if wanted:
        typer.echo(f"fromnoise {version('fromnoise')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """From Noise: learn how diffusion models work by watching, steering and questioning a real one."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Web processes.")] = None,
    device: Annotated[
        str | None,
        typer.Option(help="Where models run: auto, cpu, cuda, cuda:1, cuda:0,cuda:1, or all GPUs."),
    ] = None,
    reload: Annotated[
        bool, typer.Option(help="Watch the folder of lessons, and start again when one changes.")
    ] = False,
    lessons: Lessons = None,
) -> None:
    """Serve the course, with an engine of its own for each device unless ENGINE_URL names one."""
    from app.serving import serve as run
    from app.settings import Settings

    given = {
        "fromnoise_host": host,
        "port": port,
        "workers": workers,
        "device": device,
        "reload": reload or None,
        "lessons": lessons,
    }
    run(Settings.model_validate(Settings().model_dump() | {k: v for k, v in given.items() if v is not None}))


@app.command()
def check(
    lesson: Annotated[
        str | None, typer.Argument(help="One lesson: its slug or its folder. All of them unless given.")
    ] = None,
    lessons: Lessons = None,
    computed: Annotated[bool, typer.Option(help="Also run the experiments behind questions.")] = True,
) -> None:
    """Check the course, or one lesson: every fault with file, line and question, all at once."""
    from app.checking import check_all, find_lesson
    from app.settings import Settings

    settings = Settings()
    folder, only = lessons or settings.lessons, None
    if lesson is not None:
        folder, only = find_lesson(lesson, folder)
    report = check_all(folder, settings.models, computed=computed, only=only)
    for line in report.lines:
        typer.echo(line)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def sample(
    model: Annotated[str, typer.Argument(help="Name of a model, such as digits.")],
    out: Annotated[Path, typer.Option(help="FILE.npz for the pictures, FILE.png for a contact sheet.")],
    count: Annotated[int, picture_option("count")] = 16,
    steps: Annotated[int | None, picture_option("steps")] = None,
    seed: Annotated[int, picture_option("seed")] = 0,
    label: Annotated[str | None, picture_option("label")] = None,
    prompt: Annotated[str | None, picture_option("prompt")] = None,
    negative_prompt: Annotated[str | None, picture_option("negative_prompt")] = None,
    sampler: Annotated[str | None, picture_option("sampler")] = None,
    guidance: Annotated[float | None, picture_option("guidance")] = None,
    eta: Annotated[float | None, picture_option("eta")] = None,
    grid: Annotated[str | None, picture_option("grid")] = None,
) -> None:
    """Draw pictures from a model into a file."""
    from app.sampling_command import sample_to_file
    from app.settings import Settings

    given: dict[str, object] = {
        "seed": seed,
        "label": label,
        "prompt": prompt,
        "negative_prompt": negative_prompt,
        "steps": steps,
        "sampler": sampler,
        "guidance": guidance,
        "eta": eta,
        "grid": grid,
    }
    sample_to_file(Settings().models, model, count, given, out)


@app.command()
def export(
    lesson: Annotated[
        str, typer.Argument(help="A lesson: its slug, such as from-noise-to-picture, or its folder.")
    ],
    handout: Annotated[
        bool, typer.Option("--print", help="A handout with every question and all solutions, to be printed.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file; SLUG.html in this folder unless given.")
    ] = None,
    site: Annotated[
        str, typer.Option(help="Your server, as https://noise.example.org, for the addresses of plates.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    lessons: Lessons = None,
) -> None:
    """Write a lesson as one file for teachers, which opens and prints without a server."""
    from app.errors import InvalidRequest

    if not handout:
        raise InvalidRequest("say what to export: --print, a handout with all solutions, is what there is")
    from app.checking import find_lesson
    from app.export_command import export_lesson
    from app.settings import Settings

    settings = Settings()
    folder, name = find_lesson(lesson, lessons or settings.lessons)
    slug = name.partition("-")[2] or name
    settings = settings.model_copy(update={"lessons": folder})
    typer.echo(export_lesson(settings, slug, out or Path(f"{slug}.html"), site, replaces=force))


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="Name of a recipe, such as digits.")],
    data: Annotated[
        Path | None, typer.Option(help="The data set; for digits MNIST as npz, for the painter none.")
    ] = None,
    work: Annotated[Path | None, typer.Option(help="Folder for checkpoints; taken up if it has one.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Other than the recipe's.")] = None,
) -> None:
    """Train a model and write it to the models folder with its card."""
    from app.training.command import train_model

    train_model(model, data, work or Path("runs") / model, steps)


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a model, such as digits.")],
    data: Annotated[
        Path | None, typer.Option(help="The data set that judges it; for the painter none.")
    ] = None,
    work: Annotated[Path, typer.Option(help="Folder for samples and the judge.")] = Path("runs/evaluation"),
    quick: Annotated[bool, typer.Option(help="400 pictures instead of 10,000.")] = False,
    sampler: Annotated[str | None, picture_option("sampler", HEADLINE)] = None,
    steps: Annotated[int | None, picture_option("steps", HEADLINE, most=MAX_HEADLINE_STEPS)] = None,
    guidance: Annotated[float | None, picture_option("guidance", HEADLINE)] = None,
    eta: Annotated[float | None, picture_option("eta", HEADLINE)] = None,
    grid: Annotated[str | None, picture_option("grid", HEADLINE)] = None,
    short_curve: Annotated[
        bool, typer.Option("--short-curve", help="Only DPM-Solver++ and DDPM, at 10 and at 100 steps.")
    ] = False,
    no_curve: Annotated[
        bool, typer.Option("--no-curve", help="Leave quality against steps out: it takes the longest.")
    ] = False,
) -> None:
    """Measure a model's quality and write the figures onto its card."""
    from dataclasses import replace

    from app.cards import find_card
    from app.errors import InvalidRequest
    from app.settings import Settings
    from app.training.agenda import SHORT_CURVE
    from app.training.command import evaluate_model, published

    options = replace(published(model), sampler=sampler, steps=steps, guidance=guidance, eta=eta, grid=grid)
    if short_curve and no_curve:
        raise InvalidRequest("give --short-curve or --no-curve, not both")
    options = replace(options, curve=SHORT_CURVE) if short_curve else options
    options = replace(options, curve=()) if no_curve else options
    folder = find_card(Settings().models, model).folder
    evaluate_model(folder, data, work, quick=quick, options=options)


@app.command()
def judge(
    model: Annotated[str, typer.Argument(help="Name of a model, such as digits.")],
    data: Annotated[
        Path | None, typer.Option(help="The data set that it learns from; for the painter none.")
    ] = None,
    work: Annotated[Path | None, typer.Option(help="Folder for checkpoints; resumed if it has one.")] = None,
) -> None:
    """Train the judge that says what a model's noisy pictures show, and put it beside the model."""
    from app.cards import find_card
    from app.settings import Settings
    from app.training.judge_command import make_judge

    make_judge(find_card(Settings().models, model).folder, data, work or Path("runs") / f"{model}-judge")


@app.command()
def record(
    model: Annotated[str, typer.Argument(help="Name of a model that takes prompts.")] = "painter",
    seed: Annotated[int | None, picture_option("seed", "Other than the shipped one.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the files, if not the site's own.")] = None,
) -> None:
    """Record the home page's run anew, as after training a model again."""
    from app.cards import find_card
    from app.settings import Settings, files_folder
    from app.training import recording

    take = recording.Take() if seed is None else recording.Take(seed=seed)
    folder = out or files_folder("static") / "recorded"
    recording.record(find_card(Settings().models, model), take, folder)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """Measure speed as ratios, and print the table of `benchmarks/`; takes --only and --quick."""
    import runpy
    from importlib.util import find_spec

    from app.errors import FromNoiseError

    if find_spec("benchmarks") is None:
        raise FromNoiseError("the benchmarks are not part of the installed package: run this in a checkout")
    sys.argv = ["fromnoise bench", *context.args]
    runpy.run_module("benchmarks", run_name="__main__")


@app.command()
def doctor() -> None:
    """Say what this machine and this installation have, and what is missing."""
    from app.doctor import examine

    lines, healthy = examine()
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if healthy else 1)
