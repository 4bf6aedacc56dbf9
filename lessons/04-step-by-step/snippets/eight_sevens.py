"""Eight sevens of our digits model along any plan, each from noise of its own."""

from dataclasses import replace

import torch

from app.cards import find_card
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.plan import Plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.settings import files_folder

COUNT = 8
FILE = find_card(files_folder("models"), "digits")
MODEL = denoiser(FILE, load_network(FILE))


def without_fresh_noise(plan, factor=0.0):
    """The same plan with d = 0 in every step (or d times another factor)."""
    calls = (replace(call, row=replace(call.row, noise=factor * call.row.noise)) for call in plan.calls)
    return Plan(tuple(calls), plan.points)


def frames(plan, label=7, seed=3):
    """Run it: x_t at every point of the plan, of the shape (steps + 1, 8, 28, 28)."""
    kept = []
    noise = [PictureNoise(seed, index) for index in range(COUNT)]
    sample(MODEL, plan, torch.full((COUNT,), label), 1.0, noise, on_frame=kept.append)
    return torch.stack(kept)[:, :, 0]
