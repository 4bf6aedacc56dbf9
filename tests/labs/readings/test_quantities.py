"""What is true at a level and what an answer says: as the engine has it, and by `app/diffusion`."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import torch

from app.course.directives import Lab
from app.diffusion import predictions
from app.engine.conditions import asked
from app.engine.models import Models
from app.engine.once import predict_once
from app.labs.options import Resources
from app.labs.readings.options import ReadingsLab, read
from app.labs.readings.quantities import decoded, read_from_v, sheet, true_quantities
from app.labs.readings.strip import strip
from app.labs.readings.view import view
from app.labs.strip import GAP
from tests.labs.readings.asked_cards import CARDS

ROOT = Path(__file__).parents[3]
LAB = Lab("readings", "lab-3", 3, "<p>Try it.</p>", {"seed": "5"})


def settings() -> ReadingsLab:
    return read(LAB, Resources(CARDS, {}, (), "some-lesson"))


@pytest.mark.slow
def test_the_engine_noises_the_same_picture_and_its_answer_reads_as_its_own_estimate() -> None:
    model = Models(ROOT / "models", torch.device("cpu"), threads=1).get("digits")
    made = settings()
    for at in made.levels[:-1]:
        outcome = predict_once(model, made.clean, at.sigma, made.seed, asked(model.card, None, None))
        true = true_quantities(made, at)
        noisy = ((true.x_t / at.signal_scale).clip(-1.0, 1.0) + 1.0) * 127.5
        assert np.abs(noisy.round() - outcome.noisy.astype(float)).max() <= 1
        sent = base64.b64encode(outcome.v_hat.astype("<f4").tobytes()).decode()
        readings = read_from_v(decoded(sent, made), true.x_t, at)
        shown = ((readings.x0.clip(-1.0, 1.0) + 1.0) * 127.5).round()
        assert np.abs(shown - outcome.estimate.astype(float)).max() <= 1
        error = np.sqrt(np.square(readings.v - true.v).mean())
        assert error < 0.6 * np.sqrt(np.square(true.v).mean())


@pytest.mark.parametrize("place", range(7))
def test_the_readings_are_those_of_the_mathematics(place: int) -> None:
    made = settings()
    at = made.levels[place]
    true = true_quantities(made, at)
    v_hat = true.v + np.float32(0.2)
    tensors = [torch.from_numpy(np.ascontiguousarray(one)) for one in (true.x_t, v_hat, true.x0, true.eps)]
    x_t, v, x0, eps = tensors
    scales = torch.tensor(at.signal_scale), torch.tensor(at.noise_scale)
    found = read_from_v(v_hat, true.x_t, at)
    pairs = {
        "x0": (found.x0, predictions.x0_from_v(x_t, v, *scales)),
        "eps": (found.eps, predictions.eps_from_v(x_t, v, *scales)),
        "v": (true.v, predictions.v_from_x0_eps(x0, eps, *scales)),
    }
    for name, (ours, theirs) in pairs.items():
        np.testing.assert_allclose(ours, theirs.numpy(), atol=2e-6, err_msg=name)


def test_on_paper_the_four_true_quantities_stand_side_by_side() -> None:
    made = settings()
    printed = strip(made)
    drawn = printed.draw([])
    assert drawn.shape[:2] == printed.size == (28, 4 * 28 + 3 * GAP)
    assert printed.labels[0] == "x_t at t = 0.5"
    np.testing.assert_array_equal(drawn[:, 28 + GAP :][:, :28], 255 - made.clean)
    np.testing.assert_array_equal(drawn, sheet([true_quantities(made, made.levels[2])]))


def test_the_page_names_the_lesson_and_the_numbers_of_every_level() -> None:
    shown = view(LAB, settings(), Resources(CARDS, {}))
    assert shown.pictures == "/labs/readings/some-lesson/lab-3"
    half, last = shown.levels[2], shown.levels[-1]
    assert (half.t, half.signal, half.snr, half.x0_to_eps, half.x0_to_v) == (
        "0.5",
        "0.707",
        "0.0",
        "1.000",
        "1.414",
    )
    assert (last.signal, last.snr, last.x0_to_eps, last.x0_to_v) == (
        "0.000",
        "\N{MINUS SIGN}∞",
        "0.000",
        "1.000",
    )
    assert [level.asks for level in shown.levels] == [True] * 6 + [False]
    by_itself = view(LAB, read(LAB, Resources(CARDS, {})), Resources(CARDS, {}))
    assert by_itself.pictures == "/labs/readings/-/lab-3"
