"""`python -m scripts.accelerator.training MODEL`: trains for some minutes; the next call goes on.

It ends with status 0 when the training is done, and with 3 when there is more to do.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch

from app.training.recipes import RECIPES, Recipe
from app.training.sheet import sample_sheet
from app.training.shipping import describe_hardware
from app.training.train import WEIGHTS, train
from app.training.trainer import Trainer, TrainingProgress
from scripts.accelerator import compact
from scripts.accelerator.drawers import Drawers
from scripts.accelerator.parts import join
from scripts.accelerator.places import BACK, DATA, WORK
from scripts.accelerator.record import Record
from scripts.accelerator.stages import home_name

MORE_TO_DO = 3
SAVE_S = 120.0
LOOK_STEPS = 20
SHEET = "sheet.png"
STAGES = {"photos": "c", "painter": "d", "painter64": "e"}


class TimeIsUp(Exception):
    """The minutes of this call are over."""


def main() -> None:
    """Train one model."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accelerator.training")
    parser.add_argument("model", choices=STAGES)
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--steps", type=int, help="optimiser steps; those of the recipe unless given")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="a network and a batch of toy size")
    arguments = parser.parse_args()
    recipe = recipe_of(arguments.model, arguments.steps, tiny=arguments.tiny)
    record = Record(STAGES[arguments.model], WORK, BACK)
    device = torch.device(arguments.device)
    if device.type == "cpu":
        torch.set_num_threads(1)
    until = time.monotonic() + 60.0 * arguments.minutes
    go_on = photos if arguments.model == "photos" else painter
    is_done = go_on(recipe, WORK / arguments.model, device, record, until)
    sys.exit(0 if is_done else MORE_TO_DO)


def recipe_of(model: str, steps: int | None, *, tiny: bool) -> Recipe:
    """Return a model's recipe, with another number of steps if one is given; or a toy of it."""
    recipe = RECIPES[model]
    if tiny:
        text = recipe.network.text and replace(recipe.network.text, width=8, layers=1, heads=2)
        network = replace(recipe.network, widths=(8, 16), blocks=1, heads=2, attention_levels=(), text=text)
        contrast = recipe.contrast and replace(recipe.contrast, rounds=1, count=8, warmup=1)
        recipe = replace(recipe, network=network, batch=4, warmup=2, contrast=contrast)
    return recipe if steps is None else replace(recipe, steps=steps)


def photos(recipe: Recipe, work: Path, device: torch.device, record: Record, until: float) -> bool:
    """Train the photographs, with a checkpoint every two minutes; return whether the last step is done."""
    trainer = Trainer(recipe, recipe.batches(DATA), device)
    work.mkdir(parents=True, exist_ok=True)
    if (
        not trainer.resume(work)
        and (came_back := join(home_name(f"photos/{compact.FILE}"), BACK)) is not None
    ):
        (work / compact.FILE).write_bytes(came_back)
        compact.resume(trainer, work / compact.FILE)
    before = float(record.read().get("minutes", 0.0)) if trainer.step else 0.0
    began = saved_at = time.monotonic()
    speed = Speed()
    for step in _steps(trainer, speed):
        now = time.monotonic()
        is_over = now > until or step >= recipe.steps
        if not is_over and now - saved_at < SAVE_S:
            continue
        _save(trainer, work)
        saved_at = time.monotonic()
        record.add(
            step=step,
            steps=recipe.steps,
            recipe_steps=recipe.steps,
            loss=round(speed.loss, 5),
            steps_per_s=round(speed.steps_per_s, 2),
            minutes=round(before + (saved_at - began) / 60.0, 2),
            hardware=describe_hardware(device),
        )
        if is_over:
            break
    return trainer.step >= recipe.steps


def painter(recipe: Recipe, work: Path, device: torch.device, record: Record, until: float) -> bool:
    """Train a painter by all stages of its recipe; return whether the last one is done."""
    began, reached = time.monotonic(), 0

    def on_progress(now: TrainingProgress) -> None:
        nonlocal reached
        reached = now.step
        if time.monotonic() > until:
            raise TimeIsUp

    every = max(1, min(250, recipe.steps // 2))
    with contextlib.suppress(TimeIsUp), Drawers() as drawers:
        train(recipe, None, work, device, on_progress, every, drawers.batches(recipe))
    sheets = sorted(work.rglob("sheet-*.png"))
    if sheets:
        (work / SHEET).write_bytes(sheets[-1].read_bytes())
    minutes = float(record.read().get("minutes", 0.0)) + (time.monotonic() - began) / 60.0
    record.add(
        step=reached,
        steps=recipe.steps_in_all,
        recipe_steps=recipe.steps,
        minutes=round(minutes, 2),
        hardware=describe_hardware(device),
    )
    return (work / WEIGHTS).is_file()


class Speed:
    """How fast a training goes, once it runs evenly, and its smoothed loss."""

    def __init__(self) -> None:
        self.loss = float("nan")
        self.steps_per_s = 0.0
        self._noted = 0
        self._since = (0, 0.0)

    def note(self, progress: TrainingProgress) -> None:
        """Take a step into account; the first ones, which compile, are not."""
        self.loss = progress.loss
        self._noted += 1
        now = time.monotonic()
        if self._noted <= LOOK_STEPS:
            self._since = (progress.step, now)
        elif now > self._since[1]:
            self.steps_per_s = (progress.step - self._since[0]) / (now - self._since[1])


def _steps(trainer: Trainer, speed: Speed) -> Iterator[int]:
    """Train, and yield now and then; where the network cannot be compiled, run it as it is."""
    first = trainer.step
    try:
        yield from trainer.run(LOOK_STEPS, speed.note)
    except Exception as error:
        if trainer.step > first or not trainer.recipe.compiled:
            raise
        sys.stderr.write(f"the network cannot be compiled here, so it is run as it is: {error!r}\n"[:500])
        trainer._predict = trainer.network
        yield from trainer.run(LOOK_STEPS, speed.note)


def _save(trainer: Trainer, work: Path) -> None:
    """Keep everything to go on with here, and what is brought home."""
    trainer.save(work)
    compact.write(trainer, work / compact.FILE)
    (work / SHEET).write_bytes(sample_sheet(trainer))


if __name__ == "__main__":
    main()
