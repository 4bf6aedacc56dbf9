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
from app.diffusion.pixels import as_bytes
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.training.recipes import Recipe
from app.training.trainer import Progress, Trainer

WEIGHTS = "average.safetensors"


def train(
    recipe: Recipe,
    data: Path | None,
    work: Path,
    device: torch.device,
    on_progress: Callable[[Progress], None],
    every: int | None = None,
) -> str:
    """Train a model, taking up what `work` already holds.

    Args:
        recipe: what to train.
        data: the data set's file or folder; None for a recipe whose pictures are drawn.
        work: folder for the checkpoint, the sample sheets, and at the end the averaged weights.
        device: where to train.
        on_progress: told of every step.
        every: steps between checkpoints, each with a sheet of samples; the recipe's unless given.

    Returns:
        The sha256 of the averaged weights, written to `work/average.safetensors` at half precision.
    """
    trainer = Trainer(recipe, recipe.batches(data), device)
    trainer.resume(work)
    work.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    for step in trainer.run(every or recipe.keep_every, on_progress):
        trainer.save(work)
        (work / f"sheet-{step:06d}.png").write_bytes(sample_sheet(trainer))
        with (work / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": step, "took_s": round(time.perf_counter() - began, 1)}) + "\n")
        began = time.perf_counter()
    return save_weights(trainer.average, work / WEIGHTS)


SHEET_PROMPTS = (
    "a red house on a snowy hill at night with stars",
    "a white boat on the sea at dusk",
    "a yellow windmill on a hill by day with clouds",
    "mountains at dawn with the moon",
    "a blue lighthouse by the sea at night with the moon",
    "a red cactus on the left in the desert at sunset with the sun",
    "a house in the forest in snowfall",
    "a rainbow over a meadow by day",
    "the city at night in the rain",
    "a yellow tree on the right in the fog",
)


def sample_sheet(trainer: Trainer, rows: int = 4) -> bytes:
    """Draw a sheet with the average so far: 20 steps from fixed noise, a column a class or a prompt."""
    network, recipe = trainer.average, trainer.recipe
    shape = (recipe.network.channels, recipe.network.height, recipe.network.width)
    denoiser = Denoiser(network, shape, recipe.network.null, t_max=recipe.t_max)
    if recipe.vocabulary:
        shown = torch.tensor([recipe.vocabulary.read(prompt).row for prompt in SHEET_PROMPTS])
    else:
        shown = torch.arange(recipe.network.classes)
    condition = torch.cat([shown] * rows)
    guidance = 2.0 if recipe.vocabulary else 1.0
    noise = [PictureNoise(0, index) for index in range(len(condition))]
    plan = make_plan(sampler="ddim", steps=20, model_t_max=recipe.t_max)
    images = sample(denoiser, plan, condition, guidance, noise, trainer.device)
    pixels = as_bytes(images).permute(0, 2, 3, 1).cpu().numpy()
    return pictures.png(pictures.contact_sheet(pixels, columns=len(shown)), scale=3)
