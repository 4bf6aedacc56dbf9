"""Numbered drawings on disk: made in chunks, so that a measurement that was stopped takes them up again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from numpy.typing import NDArray
from torch import Tensor

from app.diffusion.notation import IMAGES
from app.training.aspects import Known
from app.training.landscapes.canvas import PICTURE
from app.training.landscapes.drawing import draw
from app.training.landscapes.scene import ATTRIBUTES, Scene, any_scene

CHUNK = 1_000

PROBES = 50
"""Pictures of a chunk that are drawn again to see whether it is still as they are drawn now."""

Numbered = Callable[[int], tuple[Scene, Tensor]]
"""Draws the picture of a number: the same scene and the same (channel, height, width) every time."""


@dataclass(frozen=True)
class Drawings:
    """Pictures and the scenes behind them."""

    scenes: tuple[Scene, ...]
    pixels: UInt8[Tensor, IMAGES]

    def __len__(self) -> int:
        return len(self.scenes)

    def known(self) -> Known:
        """Return the pictures with the value of each attribute."""
        return Known(self.pixels, torch.tensor([scene.indices() for scene in self.scenes]))


def any_numbered(
    seed: int, number: int, side: int = PICTURE
) -> tuple[Scene, UInt8[Tensor, "channel height width"]]:
    """Return the scene and the drawing with this number among those of a seed, held-out pairs included."""
    generator = np.random.default_rng((seed, number))
    scene = any_scene(generator)
    return scene, torch.from_numpy(draw(scene, generator, side=side)).permute(2, 0, 1).contiguous()


def obtain_drawings(
    numbered: Numbered, count: int, folder: Path, on_drawn: Callable[[int, int], None]
) -> Drawings:
    """Read the first `count` drawings from `folder`, and draw and keep those that are not there.

    Each chunk is kept only as long as `PROBES` of its pictures, evenly spread, are still drawn in the same
    way.

    Args:
        numbered: draws one of them.
        count: how many.
        folder: for the chunks; unique to what is drawn.
        on_drawn: told after each picture how many are done, of how many.
    """
    scenes: list[Scene] = []
    parts = []
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        path = folder / f"{start:06d}.npz"
        chunk = _kept(path, numbered, start, size)
        if chunk is None:
            chunk = _drawn(numbered, range(start, start + size), lambda done: on_drawn(done, count))
            _write(path, chunk)
        scenes.extend(chunk.scenes)
        parts.append(chunk.pixels)
    return Drawings(tuple(scenes), torch.cat(parts))


def _kept(path: Path, numbered: Numbered, start: int, size: int) -> Drawings | None:
    """Read a chunk, unless it is missing, damaged, too short or drawn in another way."""
    try:
        with np.load(io.BytesIO(path.read_bytes())) as arrays:
            pixels, shown = torch.from_numpy(arrays["pixels"][:size]), arrays["shown"][:size]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if len(pixels) < size:
        return None
    for place in range(0, size, -(-size // PROBES)):
        scene, picture = numbered(start + place)
        if _scene(shown[place]) != scene or not torch.equal(pixels[place], picture):
            return None
    return Drawings(tuple(_scene(row) for row in shown), pixels)


def _drawn(numbered: Numbered, numbers: range, on_drawn: Callable[[int], None]) -> Drawings:
    scenes, pictures = [], []
    for number in numbers:
        scene, picture = numbered(number)
        scenes.append(scene)
        pictures.append(picture)
        on_drawn(number + 1)
    return Drawings(tuple(scenes), torch.stack(pictures))


def _scene(indices: NDArray[np.int64]) -> Scene:
    chosen = zip(ATTRIBUTES.values(), indices.tolist(), strict=True)
    return Scene(*(values[index] for values, index in chosen))


def _write(path: Path, chunk: Drawings) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, pixels=chunk.pixels.numpy(), shown=chunk.known().shown.numpy())
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content.getvalue())
    partial.replace(path)
