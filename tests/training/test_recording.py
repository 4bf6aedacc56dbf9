from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from app.diffusion.denoiser import Denoiser
from app.training.recording import Take, record_run, run_frames

TAKE = Take(labels=(2, 0, 1, 2), seed=4, steps=5)


def brightness(x_t: Tensor, t: Tensor, label: Tensor) -> Tensor:
    """Predict the v of a flat picture, the brighter the higher the class: v = (S x_t - x0) / N."""
    x0 = (label[:, None, None, None] - 1.0) * 0.5
    angle = t[:, None, None, None] * (np.pi / 2)
    return (angle.cos() * x_t - x0) / angle.sin()


def denoiser() -> Denoiser:
    return Denoiser(brightness, (1, 4, 4), classes=3)


def test_frames_run_from_noise_to_the_classes_asked_for() -> None:
    frames = run_frames(denoiser(), TAKE)
    assert frames.shape == (6, 4, 4, 4, 1)
    assert frames[0].std() > 30
    for picture, label in zip(frames[-1], TAKE.labels, strict=True):
        assert np.abs(picture.astype(int) - (127.5 + (label - 1) * 63.75)).max() <= 1


def test_a_recording_is_described_with_the_checksum_of_its_sprite(tmp_path: Path) -> None:
    record_run(denoiser(), TAKE, tmp_path, model="bars", model_sha256="ab" * 32)
    about = json.loads((tmp_path / "home.json").read_text())
    sprite = (tmp_path / "home.png").read_bytes()
    assert about["sha256"] == hashlib.sha256(sprite).hexdigest()
    assert (about["frames"], about["columns"], about["labels"]) == (6, 4, [2, 0, 1, 2])
    assert (about["model"], about["model_sha256"]) == ("bars", "ab" * 32)


def test_a_sprite_has_a_row_a_frame_and_a_column_a_picture(tmp_path: Path) -> None:
    record_run(denoiser(), TAKE, tmp_path, model="bars", model_sha256="")
    with Image.open(tmp_path / "home.png") as image:
        sprite = np.asarray(image)
    frames = run_frames(denoiser(), TAKE)
    for step in range(6):
        for column in range(4):
            cell = sprite[4 * step : 4 * step + 4, 4 * column : 4 * column + 4]
            assert np.array_equal(cell, frames[step, column, :, :, 0])


def test_the_animation_has_every_frame_and_the_still_is_the_last(tmp_path: Path) -> None:
    record_run(denoiser(), TAKE, tmp_path, model="bars", model_sha256="")
    with Image.open(tmp_path / "home.gif") as animation:
        assert getattr(animation, "n_frames", 1) == 6
    with Image.open(tmp_path / "home-last.png") as still:
        assert still.size == (8, 8)


def test_the_same_take_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        record_run(denoiser(), TAKE, tmp_path / name, model="bars", model_sha256="")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
