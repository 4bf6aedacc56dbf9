"""CIFAR-10 as small photographs: read from two files of JPEGs, checked, decoded.

A file is an npz with `jpeg`, uint8: all JPEGs end to end; `offset`, integers: where each begins and, last,
where the last one ends; `label`, integers: the index of each picture's class in `CLASSES`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from app.errors import InvalidRequest
from app.training.data import Pictures

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FILES = {"train": "cifar10_train_jpeg.npz", "test": "cifar10_test_jpeg.npz"}
ARRAYS = ("jpeg", "offset", "label")
SIDE = 32


def read_photos(path: Path, part: str) -> Pictures:
    """Read CIFAR-10, in the order of the file: by class.

    Args:
        path: the folder that holds both files, or the file of one part beside that of the other.
        part: "train" (50,000 pictures) or "test" (10,000; judges, never trains a generator).

    Raises:
        InvalidRequest: the file is missing, lacks arrays, or holds pictures or labels that do not fit;
            the text says which.
    """
    place = _file_of(path, part)
    if not place.is_file():
        raise InvalidRequest(
            f"no data at {place}: give the folder that holds {FILES['train']} and {FILES['test']} with "
            f"--data FOLDER; each is an npz file with the arrays {', '.join(ARRAYS)}"
        )
    jpeg, offset, label = _read_arrays(place)
    _check_bounds(place, jpeg, offset, label)
    pixels = np.empty((len(label), SIDE, SIDE, 3), np.uint8)
    for index, picture in enumerate(_decoded(place, jpeg, offset)):
        pixels[index] = picture
    channels_first = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    return Pictures(channels_first, torch.from_numpy(label.astype(np.int64)))


def _file_of(path: Path, part: str) -> Path:
    """Find the file of a part, given the folder or either file; a file of another name holds the training."""
    if path.is_dir():
        return path / FILES[part]
    if part == "train" and path.name != FILES["test"]:
        return path
    return path.with_name(FILES[part])


def _read_arrays(path: Path) -> list[NDArray[np.generic]]:
    if not zipfile.is_zipfile(path):
        raise InvalidRequest(f"{path} is not an npz file, or was cut off: fetch or pack it again")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in ARRAYS if name not in arrays]
            if missing:
                raise InvalidRequest(f"{path} has no array {', '.join(missing)}; it has {', '.join(arrays)}")
            return [arrays[name] for name in ARRAYS]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidRequest(f"{path} cannot be read: {error}") from error


def _check_bounds(
    path: Path, jpeg: NDArray[np.generic], offset: NDArray[np.generic], label: NDArray[np.generic]
) -> None:
    """Refuse arrays of the wrong kind, offsets that do not cut `jpeg` up, and labels without a class."""
    if jpeg.dtype != np.uint8 or jpeg.ndim != 1:
        raise InvalidRequest(f"{path}: jpeg must be a row of uint8, got {jpeg.dtype} of shape {jpeg.shape}")
    for name, array in (("offset", offset), ("label", label)):
        if array.dtype.kind not in "iu" or array.ndim != 1:
            raise InvalidRequest(
                f"{path}: {name} must be a row of integers, got {array.dtype} of shape {array.shape}"
            )
    if not len(label) or len(offset) != len(label) + 1:
        raise InvalidRequest(
            f"{path}: offset must have one number more than label, and label at least one, "
            f"got {len(offset)} and {len(label)}"
        )
    places = offset.astype(np.int64)
    if places[0] != 0 or places[-1] != len(jpeg) or (np.diff(places) <= 0).any():
        raise InvalidRequest(
            f"{path}: offset must rise from 0 to the {len(jpeg)} bytes of jpeg, "
            f"got {places[0]} to {places[-1]}"
        )
    lowest, highest = label.min(), label.max()
    if lowest < 0 or highest >= len(CLASSES):
        raise InvalidRequest(f"{path}: labels must be 0 to {len(CLASSES) - 1}, got {lowest} to {highest}")


def _decoded(
    path: Path, jpeg: NDArray[np.generic], offset: NDArray[np.generic]
) -> Iterator[NDArray[np.uint8]]:
    """Decode every picture, as (height, width, channel)."""
    for index in range(len(offset) - 1):
        content = jpeg[offset[index] : offset[index + 1]].tobytes()
        try:
            with Image.open(BytesIO(content), formats=["JPEG"]) as image:
                if (image.size, image.mode) != ((SIDE, SIDE), "RGB"):
                    raise InvalidRequest(
                        f"{path}: picture {index} must be {SIDE} x {SIDE} in RGB, "
                        f"got {image.width} x {image.height} in {image.mode}"
                    )
                yield np.asarray(image)
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise InvalidRequest(f"{path}: picture {index} is not a whole JPEG: {error}") from error
