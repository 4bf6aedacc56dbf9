"""Picture files as a noise lab takes them: which are read, what is made of them, and which are refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.labs.noise.picture import UnusablePicture, read_picture
from app.labs.noise.picture_options import OWN_PICTURE

RAMP = np.linspace(0, 255, 40 * 60 * 3).astype(np.uint8).reshape(40, 60, 3)


def saved(path: Path, image: Image.Image) -> Path:
    image.save(path)
    return path


def header_of(path: Path, width: int, height: int) -> Path:
    """Write a PNG that claims a size and holds no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [header, b"IDAT"]
    written = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(written))
    return path


def test_the_labs_own_picture_is_a_small_drawing_in_colour() -> None:
    pixels = read_picture(OWN_PICTURE)
    assert pixels.shape == (32, 32, 3)
    assert OWN_PICTURE.stat().st_size < 2_000
    assert (
        0.45 < (pixels / 127.5).std() < 0.6
    )  # uses most of the range, so that its histogram is worth seeing


def test_the_middle_square_is_kept_as_it_is_where_it_is_small_enough(tmp_path: Path) -> None:
    pixels = read_picture(saved(tmp_path / "ramp.png", Image.fromarray(RAMP)))
    np.testing.assert_array_equal(pixels, RAMP[:, 10:50])


def test_a_large_picture_is_reduced_to_the_means_of_squares(tmp_path: Path) -> None:
    large = np.kron(np.arange(64 * 64, dtype=np.uint8).reshape(64, 64), np.ones((4, 4), dtype=np.uint8))
    pixels = read_picture(saved(tmp_path / "large.png", Image.fromarray(large)))
    np.testing.assert_array_equal(pixels[:, :, 0], large[::4, ::4])


@pytest.mark.parametrize(
    ("mode", "channels"), [("1", 1), ("L", 1), ("LA", 1), ("P", 3), ("RGB", 3), ("RGBA", 3)]
)
def test_grey_stays_one_channel_and_everything_else_is_three(
    tmp_path: Path, mode: str, channels: int
) -> None:
    image = Image.fromarray(RAMP).convert(mode)
    assert read_picture(saved(tmp_path / "a.png", image)).shape == (40, 40, channels)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (30, 30), (200, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 15, 30))
    pixels = read_picture(saved(tmp_path / "a.png", image))
    assert pixels[0, 0].tolist() == [200, 0, 0]
    assert pixels[0, 29].tolist() == [255, 255, 255]


def test_a_photograph_that_lies_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 40), "black")
    image.paste("white", (0, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    image.save(tmp_path / "a.jpg", exif=exif, quality=100)
    pixels = read_picture(tmp_path / "a.jpg")
    assert pixels[20, 39].min() > 200
    assert pixels[20, 0].max() < 50


@pytest.mark.parametrize(("width", "height"), [(2_001, 2_000), (10_000, 10_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(UnusablePicture, match="4,000,000"):
        read_picture(header_of(tmp_path / "a.png", width, height))


def test_the_largest_size_that_is_read_is_read(tmp_path: Path) -> None:
    assert read_picture(saved(tmp_path / "a.png", Image.new("L", (2_000, 2_000), 7))).shape == (64, 64, 1)


@pytest.mark.parametrize("size", [(27, 100), (100, 27)])
def test_too_small_a_picture_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(UnusablePicture, match="each side needs 28 or more"):
        read_picture(saved(tmp_path / "a.png", Image.new("L", size)))


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("a picture of a house")
    with pytest.raises(UnusablePicture, match="cannot be read as PNG or JPEG"):
        read_picture(tmp_path / "a.png")


def test_a_picture_of_another_format_is_refused_whatever_its_name(tmp_path: Path) -> None:
    Image.new("L", (30, 30)).save(tmp_path / "a.png", format="GIF")
    with pytest.raises(UnusablePicture, match="cannot be read as PNG or JPEG"):
        read_picture(tmp_path / "a.png")


def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = saved(tmp_path / "a.png", Image.fromarray(noise))
    path.write_bytes(path.read_bytes()[:3_000])
    with pytest.raises(UnusablePicture, match="cannot be read"):
        read_picture(path)


def test_deep_pixels_are_refused(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((30, 30), 40_000, dtype=np.uint16))
    with pytest.raises(UnusablePicture, match="8-bit"):
        read_picture(saved(tmp_path / "a.png", deep))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusablePicture, match="cannot be read"):
        read_picture(tmp_path / "a.png")
