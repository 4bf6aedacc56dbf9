"""The noisy picture of a lab clean-by-hand: the one that the model is given, and what is printed of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from app.course.directives import Lab
from app.engine.conditions import asked
from app.engine.models import Models
from app.engine.once import predict_once
from app.labs.clean_by_hand.noisy import noisy_pixels
from app.labs.clean_by_hand.options import CleanByHand, read
from app.labs.clean_by_hand.strip import strip
from app.labs.clean_by_hand.view import view
from app.labs.options import Resources
from app.labs.strip import GAP
from tests.labs.clean_by_hand.cleaned_cards import CARDS

ROOT = Path(__file__).parents[3]
DIGITS = Lab("clean-by-hand", "lab-3", 3, "<p>Try it.</p>", {"noise": "0.7", "seed": "5"})


def settings() -> CleanByHand:
    return read(DIGITS, Resources(CARDS, {}, (), "some-lesson"))


@pytest.mark.slow
def test_the_engine_gives_the_model_this_very_picture() -> None:
    model = Models(ROOT / "models", torch.device("cpu"), threads=1).get("digits")
    made = settings()
    outcome = predict_once(model, made.clean, made.noise, made.seed, asked(model.card, None, None))
    ours = noisy_pixels(made).astype(int)
    assert np.abs(ours - outcome.noisy.astype(int)).max() <= 1
    assert (ours != outcome.noisy).mean() < 0.01
    assert outcome.rms_estimate < 0.5 * outcome.rms_noisy


def test_the_noise_has_the_deviation_that_is_asked_for() -> None:
    made = settings()
    values = noisy_pixels(made).astype(float) / 127.5 - 1.0
    paper = values[made.clean == 0]  # what goes below paper is clipped: half of a normal distribution
    assert np.sqrt(np.square(paper + 1.0).mean()) == pytest.approx(0.7 / np.sqrt(2), rel=0.1)


def test_on_paper_the_noisy_picture_stands_beside_the_clean_one() -> None:
    made = settings()
    printed = strip(made)
    sheet = printed.draw([])
    assert sheet.shape[:2] == printed.size == (28, 56 + GAP)
    np.testing.assert_array_equal(255 - sheet[:, :28], noisy_pixels(made))
    np.testing.assert_array_equal(255 - sheet[:, -28:], made.clean)


def test_the_address_of_the_pictures_names_the_lesson_and_the_plate() -> None:
    shown = view(DIGITS, settings(), Resources(CARDS, {}))
    assert shown.pictures == "/labs/clean-by-hand/some-lesson/lab-3"
    by_itself = view(DIGITS, read(DIGITS, Resources(CARDS, {})), Resources(CARDS, {}))
    assert by_itself.pictures == "/labs/clean-by-hand/-/lab-3"


def test_the_lesson_s_own_picture_is_the_one_that_comes_with_the_lab() -> None:
    lesson = ROOT / "lessons" / "01-from-noise-to-picture" / "seven.png"
    assert (ROOT / "app" / "labs" / "clean_by_hand" / "seven.png").read_bytes() == lesson.read_bytes()
