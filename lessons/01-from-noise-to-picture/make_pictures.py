"""Draws noisy-seven.png from seven.png: the same digit under more and more noise, ink dark on white.

Run `python make_pictures.py` in this folder.
"""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
LEVELS = (0.0, 0.5, 1.0, 2.0, 4.0)
GAP = 2


def noised(picture: np.ndarray, noise: float) -> np.ndarray:
    """Add noise to pixels in [-1, 1]; the same random numbers at every level."""
    return picture + noise * np.random.default_rng(7).standard_normal(picture.shape)


def strip(pictures: list[np.ndarray]) -> Image.Image:
    """Set pictures side by side, with transparent gaps."""
    height, width = pictures[0].shape
    canvas = np.zeros((height, len(pictures) * (width + GAP) - GAP, 2), dtype=np.uint8)
    for index, picture in enumerate(pictures):
        left = index * (width + GAP)
        grey = (1.0 - np.clip(picture, -1.0, 1.0)) * 127.5  # +1 is ink, so black
        canvas[:, left : left + width, 0] = grey.round().astype(np.uint8)
        canvas[:, left : left + width, 1] = 255
    return Image.fromarray(canvas)


if __name__ == "__main__":
    seven = 1.0 - np.asarray(Image.open(FOLDER / "seven.png"), dtype=np.float64) / 127.5
    strip([noised(seven, noise) for noise in LEVELS]).save(FOLDER / "noisy-seven.png", optimize=True)
