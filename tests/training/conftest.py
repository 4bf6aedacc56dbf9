"""Pictures that are quickly learnt: a bright bar whose row is the class, with noise.

Every test here has the mark `training`, which `make quick` leaves out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from app.training.aspects import Known
from app.training.data import Pictures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; pytest hands every conftest those of all folders."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.training)


def bars(count: int, seed: int, classes: int = 4, side: int = 12) -> Pictures:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (count,), generator=generator)
    pixels = torch.randint(0, 60, (count, 1, side, side), generator=generator, dtype=torch.uint8)
    height = side // classes
    for index, label in enumerate(labels.tolist()):
        pixels[index, 0, label * height : (label + 1) * height, 4:-4] += 180
    return Pictures(pixels, labels)


@pytest.fixture(scope="session")
def make_bars() -> Callable[[int, int], Pictures]:
    return bars


@pytest.fixture
def make_known() -> Callable[[int, int], Known]:
    """Make bars of which it is known what they show: their class."""

    def known(count: int, seed: int) -> Known:
        pictures = bars(count, seed)
        return Known(pictures.pixels, pictures.labels[:, None])

    return known


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file in the form of MNIST with 600 training pictures and 200 test pictures."""
    path = tmp_path / "data.npz"
    train, test = bars(600, 0, 10, 28), bars(200, 1, 10, 28)
    np.savez(
        path,
        x_train=train.pixels[:, 0].numpy(),
        y_train=train.labels.numpy().astype(np.uint8),
        x_test=test.pixels[:, 0].numpy(),
        y_test=test.labels.numpy().astype(np.uint8),
    )
    return path
