from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import torch
from PIL import Image

from app.training.aspects import Known
from app.training.judge import Judge, JudgeRecipe
from app.training.measurements import Real, floor_likeness, likeness, look_at_real, originality

CPU = torch.device("cpu")


@pytest.fixture
def real(make_known: Callable[[int, int], Known]) -> Real:
    torch.manual_seed(0)
    judge = Judge(JudgeRecipe(width=4, features=5), (1, 12, 12), {"class": 4}).eval()
    test = make_known(200, 1)
    return look_at_real(
        judge,
        make_known(300, 0),
        test.chosen(test.shown[:, 0].argsort()),
        make_known(150, 2),
        CPU,
    )


def test_test_pictures_are_shuffled_so_that_the_first_ones_are_of_all_classes(real: Real) -> None:
    assert real.test.shown[:40].unique().tolist() == [0, 1, 2, 3]


def test_the_test_pictures_themselves_are_at_no_distance_and_fully_covered(real: Real) -> None:
    figures = likeness(real.test_opinion, real.test_opinion.shown, real)
    assert figures["frechet"] == pytest.approx(0.0, abs=1e-6)
    assert (figures["label_accuracy"], figures["precision"], figures["recall"]) == (1.0, 1.0, 1.0)


def test_the_floor_is_what_as_many_held_out_pictures_measure(real: Real) -> None:
    assert floor_likeness(real, 150) == likeness(real.floor_opinion, real.floor.shown, real)
    assert floor_likeness(real, 40)["frechet"] > floor_likeness(real, 150)["frechet"] > 0


def test_copies_of_training_pictures_are_noticed(real: Real) -> None:
    copies = slice(20, 120)
    figures, _ = originality(real.train.pixels[copies], real.train.shown[copies], real)
    assert figures["nearest_ratio"] == 0.0 and figures["near_copies"] == 1.0


def test_test_pictures_are_as_original_as_test_pictures(real: Real) -> None:
    figures, _ = originality(real.test.pixels, real.test.shown, real)
    assert figures["nearest_ratio"] == 1.0
    assert figures["near_copies"] == pytest.approx(0.01)


def test_the_sheet_shows_two_pairs_of_each_class_and_as_many_others(real: Real) -> None:
    _, sheet = originality(real.test.pixels, real.test.shown, real)
    assert Image.open(io.BytesIO(sheet)).size == (2 * (8 * 14 - 2), 2 * (4 * 14 - 2))
