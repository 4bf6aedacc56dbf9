"""What is printed of a player: five steps of its own run, ink on paper."""

from __future__ import annotations

import numpy as np
import pytest

from app.cards import Card, CardFile, Defaults
from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.player.options import read
from app.labs.player.strip import strip
from app.labs.strip import Strip
from tests.cards import made_up_card
from tests.web.fake_engine import NOWHERE, WORDS

DEFAULTS = Defaults(sampler="ddim", steps=50, guidance=2.0)
DIGITS = made_up_card("digits", (1, 8, 6), DEFAULTS, classes=("round", "square"))
PAINTER = made_up_card("painter", (3, 8, 8), DEFAULTS, classes=(), words=WORDS)


def strip_for(card: Card = DIGITS, **options: str) -> Strip:
    resources = Resources({card.name: CardFile(card, "", NOWHERE)}, {})
    return strip(read(Lab("player", "lab-1", 1, "", options), resources))


@pytest.mark.parametrize(
    ("steps", "shown", "labels"),
    [
        ("50", (0, 12, 25, 38, 50), ("noise", "step 12", "step 25", "step 38", "step 50: the picture")),
        ("2", (0, 1, 2), ("noise", "step 1", "step 2: the picture")),
        ("1", (0, 1), ("noise", "step 1: the picture")),
    ],
)
def test_it_is_noise_three_stages_and_the_picture_as_far_as_there_are_steps(
    steps: str, shown: tuple[int, ...], labels: tuple[str, ...]
) -> None:
    made = strip_for(steps=steps)
    assert (made.steps, made.labels) == (shown, labels)


def test_it_is_of_the_plate_s_own_run_without_what_each_word_drew() -> None:
    made = strip_for(PAINTER, prompt="a red house", seed="4", attention="true", sampler="heun")
    assert made.run is not None
    assert (made.run.prompt, made.run.seed, made.run.sampler) == ("a red house", 4, "heun")
    assert not made.run.attention
    assert made.words in made.alt
    assert "“a red house”" in made.words
    assert made.credit.startswith(f"Model: {PAINTER.title}, {PAINTER.licence}.")


@pytest.mark.parametrize(("card", "count"), [(DIGITS, 1), (DIGITS, 8), (PAINTER, 3)])
def test_its_stages_are_sheets_of_all_pictures_and_its_size_is_known_before(card: Card, count: int) -> None:
    made = strip_for(card, count=str(count))
    channels, height, width = card.shape
    frames = [np.full((count, height, width, channels), 50 * k, np.uint8) for k in range(5)]
    drawn = made.draw(frames)
    assert drawn.shape == (*made.size, channels)
    inked = 255 - drawn if channels == 1 else drawn
    starts = np.linspace(0, drawn.shape[1] + 4, 6).astype(int)[:5]
    assert [int(inked[0, start, 0]) for start in starts] == [0, 50, 100, 150, 200]


@pytest.mark.parametrize(("card", "count", "scale"), [(DIGITS, 8, 3), (PAINTER, 2, 1)])
def test_where_the_plate_has_the_mean_it_stands_enlarged_behind_the_picture(
    card: Card, count: int, scale: int
) -> None:
    made = strip_for(card, count=str(count), mean="true")
    channels, height, width = card.shape
    last = np.random.default_rng(0).integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    drawn = made.draw([last] * 5)
    assert drawn.shape == (*made.size, channels)
    assert (made.labels[-1], made.alt.endswith("the picture, their mean.")) == ("their mean", True)
    left = 5 * (drawn.shape[1] + 4) // 6
    mean = drawn[: scale * height : scale, left : left + scale * width : scale].astype(int)
    levels = 255 - mean if channels == 1 else mean
    assert np.abs(levels - last.mean(axis=0)).max() <= 0.5
