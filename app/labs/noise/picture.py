"""A picture file as a noise lab shows it: a small square, grey or in colour. numpy and Pillow, no web."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

LEAST_SIDE = 28
MOST_SIDE = 64
MOST_PIXELS = 4_000_000
FORMATS = ("PNG", "JPEG")
GREY = {"1", "L", "LA"}
COLOUR = {"P", "PA", "RGB", "RGBA"}


class UnusablePicture(ValueError):
    """A file that is no picture of the kind that is needed; the text says what it is and what is needed."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture, cut the largest square out of its middle, and reduce that to at most 64 pixels a side.

    Transparent parts are laid on white. The header is read before any pixel.

    Args:
        path: of a PNG or JPEG file.

    Returns:
        Pixels of shape (side, side, channels), with 1 or 3 channels and 28 to 64 pixels a side.

    Raises:
        UnusablePicture: the file is no such picture, or too large, or too small.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file = Image.open(path, formats=FORMATS)
        with file:
            _check_header(file)
            return _small_square(file)
    except UnusablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture(f"has far more than the {MOST_PIXELS:,} pixels that are read at most") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise UnusablePicture(f"cannot be read as {' or '.join(FORMATS)}: {error}") from None


def _check_header(file: Image.Image) -> None:
    width, height = file.size
    if width * height > MOST_PIXELS:
        raise UnusablePicture(f"has {width} x {height} pixels; at most {MOST_PIXELS:,} are read")
    if min(width, height) < LEAST_SIDE:
        raise UnusablePicture(f"has {width} x {height} pixels; each side needs {LEAST_SIDE} or more")
    if file.mode not in GREY | COLOUR:
        raise UnusablePicture(f"has pixels of the kind {file.mode!r}; 8-bit grey, RGB or a palette is needed")


def _small_square(file: Image.Image) -> NDArray[np.uint8]:
    upright = ImageOps.exif_transpose(file)
    mode = "L" if file.mode in GREY else "RGB"
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    flat = upright.convert(mode)
    side = min(flat.size)
    left, top = (flat.width - side) // 2, (flat.height - side) // 2
    square = flat.crop((left, top, left + side, top + side))
    small = min(side, MOST_SIDE)
    pixels = np.asarray(square.resize((small, small), Image.Resampling.BOX), dtype=np.uint8)
    return pixels.reshape(small, small, -1)
