"""What a noise lab shows without JavaScript: the sheet of pictures and the table beside it."""

from __future__ import annotations

import base64
import io
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.diffusion.schedules import SCHEDULES
from app.diffusion.seeds import picture_generator
from app.labs.noise.levels import MINUS
from app.labs.noise.picture import read_picture
from app.labs.noise.picture_options import OWN_PICTURE
from app.labs.noise.still import TIMES, Still, still


def pixels_of(sheet: Still) -> NDArray[np.uint8]:
    kind, data = sheet.src.split(",", 1)
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


def test_every_cell_is_the_picture_at_its_level_with_the_noise_of_the_seed() -> None:
    pixels = read_picture(OWN_PICTURE)
    sheet = pixels_of(still(pixels, seed=5))
    x0 = pixels / 127.5 - 1.0
    eps = picture_generator(5, 0).standard_normal((3, 32, 32), dtype=np.float32).transpose(1, 2, 0)
    for (row, schedule), (column, t) in product(enumerate(SCHEDULES.values()), enumerate(TIMES)):
        x_t = schedule.signal_scale(t) * x0 + schedule.noise_scale(t) * eps
        expected = (np.clip(x_t, -1, 1) + 1) * 127.5
        cell = sheet[34 * row : 34 * row + 32, 34 * column : 34 * column + 32]
        assert np.abs(cell - expected).mean() < 16  # grey levels, with 256 colours for the whole sheet
        assert np.corrcoef(cell.ravel(), expected.ravel())[0, 1] > 0.96


@pytest.mark.parametrize("side", [28, 32, 48, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_stays_small_whatever_the_picture(side: int, channels: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, channels), dtype=np.uint8)
    made = still(pixels, seed=0)
    assert len(made.src) < 20_000
    inner = min(side, 32)
    assert (made.width, made.height) == (5 * (inner + 2) - 2, 3 * (inner + 2) - 2)
    assert pixels_of(made).shape == (made.height, made.width, 3)


def test_the_table_has_every_readout_that_a_schedule_has() -> None:
    made = still(read_picture(OWN_PICTURE), seed=0)
    assert made.times == ("0", "0.25", "0.5", "0.75", "1")
    assert {name: list(readouts) for name, readouts in made.readouts.items()} == {
        "cosine": ["SNR in dB", "sigma", "alpha_bar"],
        "linear": ["SNR in dB", "sigma", "alpha_bar"],
        "flow": ["SNR in dB", "sigma"],
    }
    assert made.readouts["linear"]["SNR in dB"] == (
        "∞",
        "0.4",
        f"{MINUS}10.7",
        f"{MINUS}24.6",
        f"{MINUS}43.6",
    )
    assert made.readouts["cosine"]["alpha_bar"] == ("1.000", "0.854", "0.500", "0.146", "0.000")
    assert made.readouts["flow"]["sigma"] == ("0.000", "0.333", "1.000", "3.000", "∞")
