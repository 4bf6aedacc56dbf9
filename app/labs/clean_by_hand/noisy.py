"""The noisy picture of a lab clean-by-hand as bytes: what the model is given, by the same arithmetic."""

from __future__ import annotations

import numpy as np

from app.diffusion.seeds import PictureNoise
from app.labs.clean_by_hand.options import CleanByHand
from app.pictures import Pixels


def noisy_pixels(settings: CleanByHand) -> Pixels:
    """Add the noise, as `app/engine/once.py` does and `static/kit/noisy.js` in the browser.

    Returns:
        Pixels of shape (side, side, 1), 255 for ink, clipped to what can be shown.
    """
    side = len(settings.clean)
    eps = PictureNoise(settings.seed, 0).draw((1, side, side)).transpose(1, 2, 0)
    x_t = settings.clean.astype(np.float32) / 127.5 - 1.0 + np.float32(settings.noise) * eps
    levels: Pixels = ((x_t.clip(-1.0, 1.0) + 1.0) * 127.5).round().astype(np.uint8)
    return levels
