"""The quantities of a lab readings as arrays: the true ones at a level, and those that an answer v_hat gives.

The browser has the same in `conversions.js`; the formulas are those of `app/diffusion/predictions.py`, which
the web process does not import.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.diffusion.seeds import PictureNoise
from app.labs.noise.levels import Level
from app.labs.readings.options import ReadingsLab
from app.labs.strip import GAP
from app.pictures import Pixels, contact_sheet, on_paper

NOISE_RANGE = 3.0
"""Noise and velocity are shown from -3 to 3, as the player shows noise."""

NAMES = ("x_t", "x0", "eps", "v")
"""In the order in which they are shown."""

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Quantities:
    """Four arrays of shape (side, side, channels), none of them clipped."""

    x_t: Values
    x0: Values
    eps: Values
    v: Values

    def pictures(self) -> list[Pixels]:
        """Draw them, clipped to what can be shown and as on paper."""
        ranges = zip((self.x_t, self.x0, self.eps, self.v), (1.0, 1.0, NOISE_RANGE, NOISE_RANGE), strict=True)
        return [on_paper(_shown(values / most)) for values, most in ranges]


def true_quantities(settings: ReadingsLab, at: Level) -> Quantities:
    """Return what is true at a level, with the noise that the engine adds there."""
    side, _, channels = settings.clean.shape
    x0 = settings.clean.astype(np.float32) / 127.5 - 1.0
    eps = PictureNoise(settings.seed, 0).draw((channels, side, side)).transpose(1, 2, 0)
    signal, noise = np.float32(at.signal_scale), np.float32(at.noise_scale)
    return Quantities(signal * x0 + noise * eps, x0, eps, signal * eps - noise * x0)


def read_from_v(v_hat: Values, x_t: Values, at: Level) -> Quantities:
    """Return what an answer of the model says of the picture and of the noise."""
    signal, noise = np.float32(at.signal_scale), np.float32(at.noise_scale)
    length = at.signal_scale**2 + at.noise_scale**2
    x0_hat = (signal * x_t - noise * v_hat) / length
    eps_hat = (noise * x_t + signal * v_hat) / length
    return Quantities(x_t, x0_hat.astype(np.float32), eps_hat.astype(np.float32), v_hat)


def decoded(v_hat: str, settings: ReadingsLab) -> Values:
    """Read an answer as the engine sends it: little-endian float32 in base64."""
    return np.frombuffer(base64.b64decode(v_hat), "<f4").reshape(settings.clean.shape)


def sheet(rows: list[Quantities]) -> Pixels:
    """Lay quantities out, a row each and a column for each of `NAMES`."""
    return contact_sheet(np.stack([one for row in rows for one in row.pictures()]), len(NAMES), GAP)


def _shown(values: Values) -> Pixels:
    levels: Pixels = ((values.clip(-1.0, 1.0) + 1.0) * 127.5).round().astype(np.uint8)
    return levels
