"""What a noise lab shows without JavaScript: five levels of each schedule, as one picture and a table."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.diffusion.schedules import SCHEDULES, Schedule
from app.diffusion.seeds import picture_generator
from app.labs.noise.levels import figures, level, preserves_variance, sigma_text
from app.labs.strip import Strip
from app.pictures import Pixels, contact_sheet

TIMES = (0.0, 0.25, 0.5, 0.75, 1.0)
SIDE = 32
"""Larger pictures are reduced to this, so that the sheet stays at about 10 kB on a page."""

GAP = 2
"""White pixels between the pictures."""

COLOURS = 256


@dataclass(frozen=True)
class Still:
    """The sheet, a row a schedule and a column a time, and the read-outs.

    Args:
        src: the sheet as a data address.
        width: of the sheet in its own pixels.
        height: likewise.
        times: of the columns.
        readouts: by the schedule's name and their own; a text for each time.
    """

    src: str
    width: int
    height: int
    times: tuple[str, ...]
    readouts: Mapping[str, Mapping[str, tuple[str, ...]]]


def still(pixels: NDArray[np.uint8], seed: int) -> Still:
    """Make the sheet and the table.

    Args:
        pixels: of the picture, of shape (side, side, channels).
        seed: of the noise, the same in all pictures.
    """
    sheet = noisy_sheet(pixels, seed)
    times = tuple(f"{t:g}" for t in TIMES)
    readouts = {name: _readouts(schedule) for name, schedule in SCHEDULES.items()}
    return Still(_small_png(sheet), sheet.shape[1], sheet.shape[0], times, readouts)


def noisy_sheet(pixels: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Lay out the picture with noise, a row for each schedule and a column for each of `TIMES`."""
    pixels = _reduced(pixels)
    side, _, channels = pixels.shape
    x0 = pixels / 127.5 - 1.0
    eps = picture_generator(seed, 0).standard_normal((channels, side, side), dtype=np.float32)
    noisy = [
        _noisy(x0, eps.transpose(1, 2, 0), schedule, t) for schedule in SCHEDULES.values() for t in TIMES
    ]
    return contact_sheet(np.stack(noisy), columns=len(TIMES), gap=GAP)


def noisy_strip(pixels: NDArray[np.uint8], seed: int, alt: str, credit: str) -> Strip:
    """Say what is printed of a lab of one picture: that sheet.

    Args:
        pixels: of the picture, of shape (side, side, channels).
        seed: of the noise.
        alt: what the picture shows.
        credit: whose picture it is.
    """

    def draw(_: Sequence[Pixels]) -> Pixels:
        return noisy_sheet(pixels, seed)

    side = min(SIDE, len(pixels))
    return Strip(
        run=None,
        steps=(),
        labels=tuple(f"t = {t:g}" for t in TIMES),
        words="",
        rows=tuple(SCHEDULES),
        alt=f"{alt[0].upper()}{alt[1:]}, at five times on three schedules, "
        "from the clear picture to nothing but noise.",
        credit=credit,
        size=(len(SCHEDULES) * (side + GAP) - GAP, len(TIMES) * (side + GAP) - GAP),
        draw=draw,
    )


def _reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side, _, channels = pixels.shape
    if side <= SIDE:
        return pixels
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX)).reshape(SIDE, SIDE, channels)


def _noisy(
    x0: NDArray[np.float64], eps: NDArray[np.float32], schedule: Schedule, t: float
) -> NDArray[np.uint8]:
    at = level(schedule, t)
    x_t = at.signal_scale * x0 + at.noise_scale * eps
    return ((np.clip(x_t, -1.0, 1.0) + 1.0) * 127.5).round().astype(np.uint8)


def _readouts(schedule: Schedule) -> Mapping[str, tuple[str, ...]]:
    levels = [level(schedule, t) for t in TIMES]
    readouts = {
        "SNR in dB": tuple(figures(at.snr_db, 1) for at in levels),
        "sigma": tuple(sigma_text(at.sigma) for at in levels),
    }
    if preserves_variance(schedule):
        readouts["alpha_bar"] = tuple(figures(at.signal_scale**2) for at in levels)
    return readouts


def _small_png(sheet: NDArray[np.uint8]) -> str:
    """Encode with 256 colours: a quarter of the bytes, and the noise hides the difference."""
    return _encoded(sheet.tobytes(), sheet.shape)


@functools.lru_cache(maxsize=64)
def _encoded(pixels: bytes, shape: tuple[int, int, int]) -> str:
    """Encode once what several pages show: choosing the colours costs more than the rest of a page."""
    sheet = np.frombuffer(pixels, np.uint8).reshape(shape)
    out = io.BytesIO()
    image = Image.fromarray(sheet[:, :, 0] if shape[2] == 1 else sheet)
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
