"""Draws rows.png: a seven on three schedules, in rows, at the times 0.25, 0.5 and 0.75, ink dark on white.

Run `python make_pictures.py` in this folder.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from app.diffusion.schedules import SCHEDULES

FOLDER = Path(__file__).parent
ROWS = ("flow", "linear", "cosine")
TIMES = (0.25, 0.5, 0.75)
GAP = 2


def row(picture: np.ndarray, name: str) -> np.ndarray:
    """Noise a picture in [-1, 1] at every time, with the same random numbers, as grey levels and opacity."""
    schedule, noise = SCHEDULES[name], np.random.default_rng(7).standard_normal(picture.shape)
    height, width = picture.shape
    strip = np.zeros((height, len(TIMES) * (width + GAP) - GAP, 2), dtype=np.uint8)
    for index, t in enumerate(TIMES):
        noisy = schedule.signal_scale(t) * picture + schedule.noise_scale(t) * noise
        grey = (1.0 - np.clip(noisy, -1.0, 1.0)) * 127.5  # +1 is ink, so black
        left = index * (width + GAP)
        strip[:, left : left + width, 0] = grey.round().astype(np.uint8)
        strip[:, left : left + width, 1] = 255
    return strip


if __name__ == "__main__":
    seven = 1.0 - np.asarray(Image.open(FOLDER / "seven.png"), dtype=np.float64) / 127.5
    rows = [row(seven, name) for name in ROWS]
    gap = np.zeros((GAP, rows[0].shape[1], 2), dtype=np.uint8)
    sheet = np.concatenate([part for strip in rows for part in (strip, gap)][:-1])
    scale = 4
    sheet = sheet.repeat(scale, axis=0).repeat(scale, axis=1)
    Image.fromarray(sheet).save(FOLDER / "rows.png", optimize=True)
