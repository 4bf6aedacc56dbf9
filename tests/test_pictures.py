"""How large picture files may become, whatever they are drawn from."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from app import pictures


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def dots(image: Image.Image) -> int:
    return image.width * image.height


@pytest.mark.parametrize(
    ("height", "width", "channels", "scale"),
    [(28, 28, 1, 1000), (8, 8, 3, 10**6), (2001, 2001, 1, 3), (9000, 700, 3, 1), (1, 5_000_000, 1, 1)],
)
def test_a_still_has_at_most_so_many_dots(height: int, width: int, channels: int, scale: int) -> None:
    pixels = np.zeros((height, width, channels), np.uint8)
    with opened(pictures.png(pixels, scale)) as image:
        assert dots(image) <= pictures.MOST_DOTS


def test_one_that_fits_is_as_large_as_was_asked() -> None:
    with opened(pictures.png(np.zeros((10, 20, 1), np.uint8), 30)) as image:
        assert image.size == (600, 300)
    with opened(pictures.png(np.zeros((2500, 2500, 1), np.uint8), most=None)) as image:
        assert image.size == (2500, 2500)


@pytest.mark.parametrize(
    ("frames", "height", "width", "channels", "scale"),
    [(1000, 8, 8, 1, 64), (150, 100, 100, 3, 10), (12, 1200, 1200, 3, 4), (4, 2300, 2300, 1, 1)],
)
def test_an_animation_has_at_most_so_many_frames_and_dots(
    frames: int, height: int, width: int, channels: int, scale: int
) -> None:
    shown = np.arange(frames, dtype=np.uint8)[:, None, None, None]
    many = np.broadcast_to(shown, (frames, height, width, channels))
    with opened(pictures.gif(many, scale)) as image:
        count = image.n_frames  # type: ignore[attr-defined]
        assert dots(image) <= pictures.MOST_DOTS
        assert 2 <= count <= pictures.MOST_ANIMATED
        assert count * dots(image) <= pictures.MOST_MOVING_DOTS + 2 * pictures.MOST_DOTS
        assert count == min(frames, pictures.most_animated(many[0], scale))
