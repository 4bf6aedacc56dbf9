"""The sheet of samples that lies beside each checkpoint, for whoever watches a training."""

from __future__ import annotations

import torch

from app import pictures
from app.diffusion.denoiser import Denoiser
from app.diffusion.pixels import as_bytes
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.training.trainer import Trainer

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
    return pictures.png(pictures.contact_sheet(pictures.on_paper(pixels), columns=len(shown)), scale=3)
