"""What a picture file says of its run, for prompts and classes of any letters."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app import pictures
from app.engine.run import RunSpec
from app.web.runs.file_label import FileLabel
from tests.web.fake_engine import CARDS

ODD = 'a "red" house;\r\nSet-Cookie: x=1 / ..\\\\ été 雪 \u202e\x00'
PAINTER = next(file.card for file in CARDS if file.card.name == "painter")
SPEC = RunSpec("painter", 3, None, 1, "ddim", 4, 2.0, 0.0, "uniform", ODD)
PIXELS = np.zeros((2, 3, 3, 1), np.uint8)


def test_a_name_is_plain_ascii_whatever_the_prompt_is() -> None:
    name = FileLabel.of(SPEC, PAINTER, "frame 1 of 4").name
    assert name == "painter-a-red-house-set-cookie-x-1-ete-seed-3-ddim-4-steps-guidance-2-frame-1-of-4"


def test_a_long_prompt_makes_no_long_name() -> None:
    name = FileLabel.of(replace(SPEC, prompt="red house " * 50), PAINTER).name
    assert len(name) < 110
    assert name.endswith("-seed-3-ddim-4-steps-guidance-2")


def test_eta_is_named_where_there_is_some() -> None:
    assert FileLabel.of(replace(SPEC, prompt="", eta=0.5), PAINTER).name.endswith("guidance-2-eta-0.5")


def test_a_png_keeps_the_texts_as_they_are() -> None:
    label = FileLabel.of(SPEC, PAINTER)
    with Image.open(io.BytesIO(pictures.png(PIXELS[0], 2, label.texts))) as image:
        image.load()
        assert {key: image.info[key] for key in label.texts} == dict(label.texts)


@pytest.mark.parametrize("times", [1, 40])
def test_a_gif_keeps_them_as_an_ascii_comment_of_any_length(times: int) -> None:
    comment = FileLabel.of(replace(SPEC, prompt=ODD * times), PAINTER).comment
    made = pictures.gif(PIXELS, comment=comment)
    with Image.open(io.BytesIO(made)) as image:
        assert image.info["comment"].decode("ascii") == comment.encode("ascii", "backslashreplace").decode()
