"""Pixels as bytes <-> image files: PNG, GIF, strips, contact sheets. numpy and Pillow, no torch.

Every function takes uint8 pixels whose last axes are height, width, channels (1 or 3). In files everything is
print: one channel of a model is ink, and ink is dark on white paper (`on_paper`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.errors import InvalidRequest

Pixels = NDArray[np.uint8]

MOST_ANIMATED = 100
"""Frames of an animation: 25 a second for four seconds."""

MOST_DOTS = 4_000_000
"""Dots of a picture file, and of one frame of an animation: more than a screen has."""

MOST_MOVING_DOTS = 32_000_000
"""Dots of all frames of an animation together, each a byte while it is encoded."""

LONGEST_STRIP = 10
"""Frames of a film strip."""


def on_paper(levels: Pixels) -> Pixels:
    """Print a model's pixels: in one channel 255 is ink, which becomes black; colours stay.

    It is its own inverse, so it also turns a printed picture into a model's pixels.
    """
    return 255 - levels if levels.shape[-1] == 1 else levels


def read_levels(path: Path, channels: int) -> Pixels:
    """Read a picture as a model of 1 or 3 channels takes it: shape (height, width, channels).

    Raises:
        InvalidRequest: the file is no picture that can be read.
    """
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidRequest(f"{path.name} cannot be read as a picture: {error}", "picture") from error
    return on_paper(pixels.reshape(*pixels.shape[:2], channels))


def scale_to(pixels: Pixels, side: int) -> int:
    """Return the least whole number that makes the longer side at least `side`, pixel by pixel."""
    height, width = pixels.shape[:2]
    longer: int = max(height, width)
    return math.ceil(side / longer)


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


def evenly(count: int, at_most: int) -> NDArray[np.intp]:
    """Choose at most so many of `count` places, evenly, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(at_most, count)).round().astype(np.intp))


def strip(frames: Pixels, at_most: int = LONGEST_STRIP, gap: int = 2) -> Pixels:
    """Put evenly chosen frames of a run side by side, the first and the last among them.

    Args:
        frames: shape (frames, height, width, channels).
        at_most: how many to choose.
        gap: white pixels between frames.
    """
    chosen = evenly(len(frames), at_most)
    return contact_sheet(frames[chosen], columns=len(chosen), gap=gap)


def png(
    pixels: Pixels, scale: int = 1, texts: Mapping[str, str] | None = None, most: int | None = MOST_DOTS
) -> bytes:
    """Encode one picture, each pixel drawn as a square of `scale` x `scale`.

    Args:
        pixels: shape (height, width, channels).
        scale: side of the square that each pixel becomes, where that fits.
        texts: kept in the file under these keywords (latin letters, at most 79).
        most: dots of the file; a larger picture grows less, or is reduced. None for any number.
    """
    info = PngInfo()
    for keyword, text in (texts or {}).items():
        info.add_itxt(keyword, text)
    out = io.BytesIO()
    image = _flat(pixels, most)
    _grown(image, scale, most).save(out, format="PNG", optimize=True, pnginfo=info)
    return out.getvalue()


def gif(
    frames: Sequence[Pixels] | Pixels,
    scale: int = 1,
    seconds: float = 4.0,
    hold_s: float = 2.0,
    repeat: bool = True,
    comment: str = "",
) -> bytes:
    """Encode frames as an animation that runs for `seconds` and rests on the last frame.

    Args:
        frames: each of shape (height, width, channels); of more than `most_animated` as many are chosen
            evenly.
        scale: side of the square that each pixel becomes, where that fits.
        seconds: length of the motion; a frame never takes less than 20 ms, which viewers round up.
        hold_s: rest on the last frame.
        repeat: begin again after the rest, for ever; otherwise stay on the last frame.
        comment: kept in the file; what is not ASCII is written as an escape, as the format has ASCII only.
    """
    chosen = evenly(len(frames), most_animated(frames[0], scale))
    # Colours are chosen before pixels grow, or that would take scale x scale as long. One frame at a time
    # grows: together they would take what the encoder keeps of them once more.
    images = (_frame(frames[place], scale) for place in chosen[1:])
    each_ms = max(20, round(1000 * seconds / max(len(chosen), 1) / 10) * 10)
    durations = [each_ms] * (len(chosen) - 1) + [int(hold_s * 1000)]
    out = io.BytesIO()
    loop = {"loop": 0} if repeat else {}
    about = {"comment": comment.encode("ascii", "backslashreplace")} if comment else {}
    _frame(frames[chosen[0]], scale).save(
        out,
        format="GIF",
        save_all=True,
        append_images=images,
        duration=durations,
        optimize=False,
        **loop,
        **about,
    )
    return out.getvalue()


def most_animated(frame: Pixels, scale: int) -> int:
    """Return how many frames an animation may have, by the size of one, drawn at `scale`."""
    height, width = map(int, frame.shape[:2])
    dots = height * width * min(scale, max(1, math.isqrt(MOST_DOTS // (height * width) or 1))) ** 2
    return min(MOST_ANIMATED, max(2, MOST_MOVING_DOTS // min(dots, MOST_DOTS)))


def _frame(pixels: Pixels, scale: int) -> Image.Image:
    flat = _flat(pixels, MOST_DOTS)
    return _grown(flat.quantize(256) if flat.mode == "RGB" else flat, scale, MOST_DOTS)


def _flat(pixels: Pixels, most: int | None) -> Image.Image:
    """Turn pixels into an image, reduced by a whole number where it has more than `most` of them."""
    flat = pixels[:, :, 0] if pixels.shape[-1] == 1 else pixels
    image = Image.fromarray(np.ascontiguousarray(flat))
    factor = 1
    while most is not None and math.ceil(image.width / factor) * math.ceil(image.height / factor) > most:
        factor += 1
    return image if factor == 1 else image.reduce(factor)


def _grown(image: Image.Image, scale: int, most: int | None) -> Image.Image:
    """Draw each pixel as a square of `scale` dots a side, or of as many as leave it within `most` dots."""
    if most is not None:
        scale = min(scale, max(1, math.isqrt(most // (image.width * image.height))))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
