"""Pictures as bytes."""

from __future__ import annotations

import torch

from app.diffusion.pixels import as_bytes, as_images


def test_pictures_become_bytes_by_clipping_and_rounding() -> None:
    images = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])[:, None, None, None]
    assert as_bytes(images).flatten().tolist() == [0, 0, 128, 255, 255]


def test_every_byte_comes_back_from_a_picture_that_is_left_as_it_was() -> None:
    pixels = torch.arange(256, dtype=torch.uint8)
    images = as_images(pixels)
    kept = images.clone()
    assert (images.min().item(), images.max().item()) == (-1.0, 1.0)
    assert torch.equal(as_bytes(images), pixels)
    assert torch.equal(images, kept)
