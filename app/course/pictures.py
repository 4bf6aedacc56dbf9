"""The pictures of a lesson: which of its files are such, how large they are, and which cannot be shown."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image

from app.course.files import Unreadable

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WEBP"}
"""What a picture is, by the ending of its name."""

MOST_BYTES = 8_000_000
MOST_PIXELS = 16_000_000


def is_picture(name: str) -> bool:
    """Say whether a file is a picture, by its name."""
    return Path(name).suffix.lower() in FORMATS


def picture_size(path: Path) -> tuple[int, int]:
    """Read a picture whole, and return its width and height; its header is judged first.

    Raises:
        Unreadable: it is no picture, a damaged one, another kind than its name says, or too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(f"has {path.stat().st_size:,} bytes; a picture may have {MOST_BYTES:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.init()
            picture = Image.open(path, formats=sorted(set(FORMATS.values())))
    except Image.DecompressionBombError:
        raise Unreadable(f"has far more than the {MOST_PIXELS:,} pixels that a picture may have") from None
    except Exception:  # whatever its bytes lead Pillow into, it is no picture
        raise Unreadable("is no picture that can be read; save it anew as PNG or JPEG") from None
    with picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise Unreadable(f"has {width:,} x {height:,} pixels; a picture may have {MOST_PIXELS:,} in all")
        found = "JPEG" if picture.format == "MPO" else picture.format  # photographs of many phones
        if found != FORMATS[path.suffix.lower()]:
            raise Unreadable(f"is a {found} by its content; give it that ending, or save it anew")
        try:
            picture.load()
        except Exception:
            raise Unreadable("is a damaged picture: it ends early, or cannot be decoded") from None
    return width, height
