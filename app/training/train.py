"""One training from start to end: resume, train stage by stage, keep checkpoints, write the weights."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from app.diffusion.checkpoints import save_weights
from app.diffusion.unet import UNet
from app.errors import InvalidRequest
from app.training.data import Batches
from app.training.later_stages import Sharpening
from app.training.own_pictures import half_own
from app.training.recipes import Recipe
from app.training.sheet import sample_sheet
from app.training.stage import Autoguided, Contrasted, Stage
from app.training.trainer import Trainer, TrainingProgress

WEIGHTS, POOR, LOG = "average.safetensors", "poor.safetensors", "log.jsonl"
SECOND, THIRD = "second-stage", "third-stage"

OnProgress = Callable[[TrainingProgress], None]


def train(
    recipe: Recipe,
    data: Path | None,
    work: Path,
    device: torch.device,
    on_progress: OnProgress,
    every: int | None = None,
    batches: Batches | None = None,
) -> str:
    """Train a model, taking up what `work` already holds.

    Args:
        recipe: what to train.
        data: the data set's file or folder; None for a recipe whose pictures are drawn.
        work: folder for the checkpoints, the sample sheets, and at the end the averaged weights.
        device: where to train.
        on_progress: told of every step, counted over all stages.
        every: steps between checkpoints, each with a sheet of samples; the recipe's unless given.
        batches: where pictures come from, if not from the data set or the recipe's own drawing.

    Returns:
        The sha256 of the averaged weights, written to `work/average.safetensors` at half precision.

    Raises:
        InvalidRequest: the data set or something in `work` is missing or not what it should be.
    """
    batches = batches or recipe.batches(data)
    trainer = Trainer(recipe, batches, device)
    _run(trainer, work, work / LOG, every, on_progress)
    if recipe.sharpening:
        stage = _second_stage(trainer, recipe.sharpening, work)
        trainer = Trainer(recipe.sharpening.recipe(recipe), batches, device, stage)
        _run(trainer, work / SECOND, work / LOG, every, on_progress)
    ends = [trainer.average]
    if recipe.contrast:
        ends = []
        for number in range(1, recipe.contrast.rounds + 1):
            folder = work / f"{THIRD}-{number}"
            trainer = _contrast_round(trainer, batches, recipe, folder, on_progress)
            _run(trainer, folder, work / LOG, every, on_progress)
            ends.append(trainer.average)
    return save_weights(_mean(ends), work / WEIGHTS)


@torch.no_grad()
def _mean(networks: list[UNet]) -> UNet:
    """Return a network of the mean weights of others.

    Reference: Wortsman et al. 2022 (2203.05482), there of networks that began alike; here each begins where
    the one before ended, and what their aim's noise did to each is largely its own.
    """
    mean = copy.deepcopy(networks[0])
    state = mean.state_dict()
    for name, tensor in state.items():
        tensor.copy_(torch.stack([network.state_dict()[name] for network in networks]).mean(dim=0))
    return mean


def _second_stage(first: Trainer, sharpening: Sharpening, work: Path) -> Stage:
    """Begin where the first stage ended, and aim away from where it once was.

    Raises:
        InvalidRequest: the weights of then are not in `work`.
    """
    if not (work / POOR).is_file():
        raise InvalidRequest(
            f"no {POOR} in {work}: step {first.recipe.poor_step:,} of the first stage writes it; bring it "
            "back, or begin anew in another folder"
        )
    poor = UNet(first.recipe.network)
    try:
        poor.load_state_dict(load_file(work / POOR))
    except (SafetensorError, RuntimeError) as error:
        raise InvalidRequest(f"{work / POOR} does not fit the recipe: {error}") from error
    poor.to(device=first.device, memory_format=torch.channels_last).eval().requires_grad_(False)  # type: ignore[call-overload]
    aim = Autoguided(first.average, poor, sharpening.weight)
    return Stage(first.average, aim, first.recipe.steps)


def _contrast_round(
    before: Trainer, real: Batches, first: Recipe, folder: Path, on_progress: OnProgress
) -> Trainer:
    """Begin where `before` ended, beside pictures that it makes, and aim away from them."""
    contrast = first.contrast
    assert contrast
    recipe = contrast.recipe(first)
    done = before.stage.done + before.recipe.steps
    stage = Stage(before.average, Contrasted(before.average, contrast.weight), done)

    def on_made(made: int, of: int) -> None:
        on_progress(TrainingProgress(done, math.nan, math.nan, f"making own pictures, {made:,} of {of:,}"))

    began = time.perf_counter()
    own = folder / f"own{stage.identity}"
    batches = half_own(before.average, real, recipe, contrast, done, own, on_made)
    _note(folder.parent / LOG, done, began)
    return Trainer(recipe, batches, before.device, stage)


def _run(trainer: Trainer, folder: Path, log: Path, every: int | None, on_progress: OnProgress) -> None:
    """Train to the end of a stage, from the checkpoint in `folder` if there is one."""
    recipe, done = trainer.recipe, trainer.stage.done
    trainer.resume(folder)
    folder.mkdir(parents=True, exist_ok=True)
    poor_step = 0 if done else recipe.poor_step
    began = time.perf_counter()

    def told(progress: TrainingProgress) -> None:
        on_progress(replace(progress, step=done + progress.step))

    for step in trainer.run(every or recipe.keep_every, told, also=poor_step):
        if step == poor_step:
            save_weights(trainer.average, folder / POOR)
        trainer.save(folder)
        (folder / f"sheet-{done + step:06d}.png").write_bytes(sample_sheet(trainer))
        _note(log, done + step, began)
        began = time.perf_counter()


def _note(log: Path, step: int, began: float) -> None:
    """Add to the log which step has been reached and how long it took from `began` on."""
    took = {"step": step, "took_s": round(time.perf_counter() - began, 1)}
    with log.open("a") as file:
        file.write(json.dumps(took) + "\n")
