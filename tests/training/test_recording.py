from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

from app.cards import Card, Defaults
from app.diffusion.denoiser import Denoiser
from app.errors import InvalidRequest
from app.pictures import Pixels
from app.training.landscapes.words import VOCABULARY
from app.training.recording import PROMPTS, Take, rows_of, run_frames, write_recording
from tests.cards import made_up_card

TAKE = Take(prompts=("light", "dark", "grey", "light"), seed=4, steps=5, guidance=1.0)
SHADES = {"dark": -0.5, "grey": 0.0, "light": 0.5}
CARD = made_up_card(
    "shades",
    (3, 4, 4),
    Defaults(sampler="ddim", steps=5, guidance=1.0),
    words={"shade": tuple(SHADES)},
    sha256="ab" * 32,
)
ROWS = rows_of(CARD, TAKE.prompts)


def brightness(x_t: Tensor, t: Tensor, tokens: Tensor) -> Tensor:
    """Predict the v of a flat picture, the brighter the higher the first token: v = (S x_t - x0) / N."""
    x0 = (tokens[:, 0, None, None, None] - 2.0) * 0.5
    angle = t[:, None, None, None] * (np.pi / 2)
    return (angle.cos() * x_t - x0) / angle.sin()


def frames() -> Pixels:
    return run_frames(Denoiser(brightness, CARD.shape, null=0), TAKE, ROWS)


def test_frames_run_from_noise_to_what_the_prompts_ask_for() -> None:
    made = frames()
    assert made.shape == (6, 4, 4, 4, 3)
    assert made[0].std() > 30
    for picture, prompt in zip(made[-1], TAKE.prompts, strict=True):
        assert np.abs(picture.astype(int) - (1.0 + SHADES[prompt]) * 127.5).max() <= 1


def test_a_recording_is_described_with_the_checksum_of_its_sprite(tmp_path: Path) -> None:
    write_recording(frames(), TAKE, tmp_path, CARD)
    about = json.loads((tmp_path / "home.json").read_text())
    sprite = (tmp_path / "home.png").read_bytes()
    assert about["sha256"] == hashlib.sha256(sprite).hexdigest()
    assert (about["frames"], about["columns"], about["prompts"]) == (6, 4, list(TAKE.prompts))
    assert (about["model"], about["model_sha256"]) == ("shades", "ab" * 32)


def test_a_sprite_has_a_row_a_frame_and_a_column_a_picture(tmp_path: Path) -> None:
    made = frames()
    write_recording(made, TAKE, tmp_path, CARD)
    with Image.open(tmp_path / "home.png") as image:
        sprite = np.asarray(image)
    for step in range(6):
        for column in range(4):
            cell = sprite[4 * step : 4 * step + 4, 4 * column : 4 * column + 4]
            assert np.array_equal(cell, made[step, column])


def test_the_animation_has_every_frame_and_the_still_is_the_last(tmp_path: Path) -> None:
    write_recording(frames(), TAKE, tmp_path, CARD)
    with Image.open(tmp_path / "home.gif") as animation:
        assert getattr(animation, "n_frames", 1) == 6
    with Image.open(tmp_path / "home-last.png") as still:
        assert still.size == (8, 8)


def test_the_same_take_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_recording(frames(), TAKE, tmp_path / name, CARD)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_shipped_prompts_are_known_whole_and_are_one_for_each_lesson() -> None:
    read = [VOCABULARY.read(prompt) for prompt in PROMPTS]
    assert len(read) == 12
    assert not any(prompt.unknown or prompt.unread or prompt.contradictions for prompt in read)


def test_words_that_the_model_does_not_know_are_not_recorded() -> None:
    with pytest.raises(InvalidRequest, match="does not know: pink, shiny"):
        rows_of(CARD, ("light pink", "shiny dark"))
    classes = CARD.model_copy(update={"words": {}, "classes": ("one", "two")})
    with pytest.raises(InvalidRequest, match="takes no prompts"):
        rows_of(Card.model_validate(classes.model_dump()), ("light",))
