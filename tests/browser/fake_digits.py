"""A model of digits for the player's tests: its card, and digits drawn in a few places as what it knows."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.cards import Defaults
from tests.cards import made_up_card

SIDE = 28
DIGITS = made_up_card(
    "digits",
    (1, SIDE, SIDE),
    Defaults(sampler="ddim", steps=50, guidance=2.0),
    classes=tuple("0123456789"),
    data="MNIST",
    data_licence="CC BY-SA 3.0",
)


def drawings() -> list[np.ndarray]:
    """Draw every digit in a few sizes and places: arrays of shape (drawings, 1, side, side) in [-1, 1]."""
    digits = []
    for digit in range(10):
        pictures = []
        for size in (18, 21, 24):
            for dx in (-2, 0, 2):
                image = Image.new("L", (SIDE, SIDE), 0)
                place = (SIDE / 2 + dx, SIDE / 2)
                ImageDraw.Draw(image).text(place, str(digit), 255, ImageFont.load_default(size), anchor="mm")
                pictures.append(np.asarray(image, dtype=np.float64)[None] / 127.5 - 1.0)
        digits.append(np.stack(pictures))
    return digits
