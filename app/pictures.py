"""Pixels as bytes <-> image files: PNG, GIF, strips, contact sheets. numpy and Pillow, no torch.

Pixels are uint8, and their last axes are height, width, channels (1 or 3).
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.errors import InvalidRequest

Pixels = NDArray[np.uint8]


def read(path: Path, channels: int) -> Pixels:
    """Read a picture from a file, in grey (1 channel) or in colour (3).

    Raises:
        InvalidRequest: the file is no picture that can be read.
    """
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidRequest(f"{path.name} cannot be read as a picture: {error}", "picture") from error
    return pixels.reshape(*pixels.shape[:2], channels)


def contact_sheet(pictures: Pixels, columns: int | None = None, gap: int = 2) -> Pixels:
    """Lay pictures out in rows on a white sheet.

    Args:
        pictures: shape (count, height, width, channels).
        columns: pictures a row; as square as possible unless given.
        gap: white pixels between pictures.

    Returns:
        Pixels of shape (height, width, channels).
    """
    count, height, width, channels = pictures.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, dtype=np.uint8
    )
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def strip(frames: Pixels, at_most: int = 10, gap: int = 2) -> Pixels:
    """Put evenly chosen frames of a run side by side, the first and the last among them.

    Args:
        frames: shape (frames, height, width, channels).
        at_most: how many to choose.
        gap: white pixels between frames.
    """
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(at_most, len(frames))).round().astype(int))
    return contact_sheet(frames[chosen], columns=len(chosen), gap=gap)


def png(pixels: Pixels, scale: int = 1) -> bytes:
    """Encode one picture, each pixel drawn as a square of `scale` x `scale`."""
    out = io.BytesIO()
    _image(pixels, scale).save(out, format="PNG", optimize=True)
    return out.getvalue()


def gif(
    frames: Pixels, scale: int = 1, seconds: float = 4.0, hold_s: float = 2.0, repeat: bool = True
) -> bytes:
    """Encode frames as an animation that runs for `seconds` and rests on the last frame.

    Args:
        frames: shape (frames, height, width, channels).
        scale: side of the square that each pixel becomes.
        seconds: length of the motion; a frame never takes less than 20 ms, which viewers round up.
        hold_s: rest on the last frame.
        repeat: begin again after the rest, for ever; otherwise stay on the last frame.
    """
    images = [_image(frame, scale) for frame in frames]
    each_ms = max(20, round(1000 * seconds / max(len(images), 1) / 10) * 10)
    durations = [each_ms] * (len(images) - 1) + [int(hold_s * 1000)]
    out = io.BytesIO()
    loop = {"loop": 0} if repeat else {}
    images[0].save(
        out, format="GIF", save_all=True, append_images=images[1:], duration=durations, optimize=False, **loop
    )
    return out.getvalue()


def _image(pixels: Pixels, scale: int) -> Image.Image:
    flat = pixels[:, :, 0] if pixels.shape[-1] == 1 else pixels
    image = Image.fromarray(np.ascontiguousarray(flat))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
