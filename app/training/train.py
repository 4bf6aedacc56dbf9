"""One training run from start to end: resume, train, keep checkpoints and sample sheets, ship the weights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

from app import pictures
from app.diffusion.checkpoints import save_weights
from app.diffusion.denoiser import Denoiser
from app.diffusion.noise import PictureNoise
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.training.recipes import Recipe
from app.training.trainer import Progress, Trainer

WEIGHTS = "average.safetensors"


def train(
    recipe: Recipe,
    data: Path,
    work: Path,
    device: torch.device,
    on_progress: Callable[[Progress], None],
    every: int = 500,
) -> str:
    """Train a model, taking up what `work` already holds.

    Args:
        recipe: what to train.
        data: the data file.
        work: folder for the checkpoint, the sample sheets, and at the end the averaged weights.
        device: where to train.
        on_progress: told of every step.
        every: steps between checkpoints (and sample sheets).

    Returns:
        The sha256 of the averaged weights, written to `work/average.safetensors` at half precision.
    """
    trainer = Trainer(recipe, recipe.read(data, "train"), device)
    trainer.resume(work)
    work.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    for step in trainer.run(every, on_progress):
        trainer.save(work)
        (work / f"sheet-{step:06d}.png").write_bytes(sample_sheet(trainer))
        with (work / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": step, "seconds": round(time.perf_counter() - began, 1)}) + "\n")
    return save_weights(trainer.average, work / WEIGHTS)


def sample_sheet(trainer: Trainer, rows: int = 4) -> bytes:
    """Draw a sheet of every class with the average so far: plain sampling, 20 steps, fixed noise."""
    network, recipe = trainer.average, trainer.recipe
    shape = (recipe.network.channels, recipe.network.height, recipe.network.width)
    denoiser = Denoiser(network, shape, recipe.network.classes, t_max=recipe.t_max)
    label = torch.arange(recipe.network.classes).repeat(rows)
    noise = [PictureNoise(0, index) for index in range(len(label))]
    images = sample(denoiser, make_plan(sampler="ddim", steps=20), label, 1.0, noise, trainer.device)
    pixels = ((images.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return pictures.png(pictures.contact_sheet(pixels, columns=recipe.network.classes), scale=3)
