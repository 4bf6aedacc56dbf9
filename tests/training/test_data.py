from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from app.errors import InvalidRequest
from app.training.data import read_digits


def test_both_parts_are_read_with_a_channel_and_whole_labels(data: Path) -> None:
    train, test = read_digits(data, "train"), read_digits(data, "test")
    assert train.pixels.shape == (600, 1, 28, 28) and train.pixels.dtype == torch.uint8
    assert len(test) == 200 and test.labels.dtype == torch.int64


def test_scaled_pictures_run_from_minus_one_to_one(data: Path) -> None:
    pictures = read_digits(data, "train")
    pictures.pixels[0, 0, 0, 0], pictures.pixels[0, 0, 0, 1] = 0, 255
    scaled = pictures.scaled(torch.tensor([0]))
    assert scaled[0, 0, 0, 0] == -1.0 and scaled[0, 0, 0, 1] == 1.0


def test_a_missing_file_is_named_with_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"no data at .*absent\.npz.*x_train, y_train, x_test, y_test"):
        read_digits(tmp_path / "absent.npz", "train")


def test_a_file_without_the_arrays_is_named_with_those_it_has(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, images=np.zeros(3), x_train=np.zeros((1, 28, 28), dtype=np.uint8))
    with pytest.raises(InvalidRequest, match=r"y_train.*it has images, x_train"):
        read_digits(path, "train")
