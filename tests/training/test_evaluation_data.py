from __future__ import annotations

import torch

from app.training.aspects import Known
from app.training.evaluation_data import with_mirrored


def test_every_picture_comes_again_left_for_right() -> None:
    pixels = torch.arange(2 * 3 * 2 * 4, dtype=torch.uint8).reshape(2, 3, 2, 4)
    both = with_mirrored(Known(pixels, torch.tensor([[1], [0]])))
    assert torch.equal(both.pixels[:2], pixels) and both.shown.tolist() == [[1], [0], [1], [0]]
    assert torch.equal(both.pixels[2:, :, :, 0], pixels[:, :, :, 3])
