"""Draws the pictures of this lesson from runs of our digits model, ink dark on white.

- on-the-way.png: one run of DDPM at six of its steps; below it the same run without fresh noise.
- eight-ends.png: eight finished sevens; below them those from the same eight noises without fresh noise.
- ten-steps.png: eight sevens in ten steps, with the small variance and, below, with the large one.
- three-rows.png: threes in ten steps: with the large variance, without fresh noise, with the small variance.

Run `python make_pictures.py` in this folder.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from app.diffusion.plan import make_plan

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER / "snippets"))

from eight_sevens import frames, without_fresh_noise  # noqa: E402 (it lies beside the other snippets)

GAP = 2
STEPS = (0, 1, 10, 20, 30, 40, 50)


def sheet(rows: list[Tensor]) -> Image.Image:
    """Set rows of pictures one below the other, with transparent gaps."""
    height, width = rows[0].shape[1:]
    size = (len(rows) * (height + GAP) - GAP, len(rows[0]) * (width + GAP) - GAP, 2)
    canvas = np.zeros(size, dtype=np.uint8)
    for down, row in enumerate(rows):
        for along, picture in enumerate(row.numpy()):
            place = canvas[down * (height + GAP) :, along * (width + GAP) :][:height, :width]
            place[..., 0] = ((1.0 - np.clip(picture, -1.0, 1.0)) * 127.5).round()  # +1 is ink, so black
            place[..., 1] = 255
    return Image.fromarray(canvas)


def save(name: str, rows: list[Tensor], scale: int = 1) -> None:
    """Save a sheet, each pixel drawn as `scale` times as many."""
    picture = sheet(rows)
    size = (picture.width * scale, picture.height * scale)
    picture.resize(size, Image.Resampling.NEAREST).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    fifty = make_plan(sampler="ddpm", steps=50)
    fresh, none = frames(fifty), frames(without_fresh_noise(fifty))
    save("on-the-way.png", [run[list(STEPS), 0] for run in (fresh, none)])
    save("eight-ends.png", [run[-1] for run in (fresh, none)])
    small, large = (make_plan(sampler=name, steps=10) for name in ("ddpm", "ddpm_large"))
    save("ten-steps.png", [frames(plan)[-1] for plan in (small, large)])
    plans = (large, without_fresh_noise(small), small)
    save("three-rows.png", [frames(plan, label=3, seed=2)[-1, :5] for plan in plans], scale=4)
