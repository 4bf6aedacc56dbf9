from __future__ import annotations

import numpy as np
import pytest

from app.prompts import MAX_WORDS, OTHER
from app.training.landscapes.captions import caption, full_caption
from app.training.landscapes.scene import ATTRIBUTES, NONE, Scene, any_scene
from app.training.landscapes.words import VOCABULARY

SCENE = Scene("night", "snow", "stars", "none", "house", "red", "left")
BARE = Scene("day", "sea", "clear", "none", "none", "none", "none")
MANY = 3_000


def test_every_caption_is_read_whole_and_without_contradiction() -> None:
    generator = np.random.default_rng(0)
    for _ in range(MANY):
        scene = any_scene(generator)
        for written in (caption(scene, generator), full_caption(scene, generator)):
            prompt = VOCABULARY.read(written.text)
            assert not prompt.unknown, written
            assert prompt.unread == 0, written
            assert not prompt.contradictions and not prompt.competing, written


def test_captions_use_every_word_of_the_vocabulary() -> None:
    generator = np.random.default_rng(0)
    said = {
        token
        for _ in range(MANY)
        for token in VOCABULARY.read(caption(any_scene(generator), generator).text).tokens
    }
    assert said == set(VOCABULARY.names)


def test_a_caption_says_what_it_claims_to_say_and_nothing_else() -> None:
    """Every kind of word but the small ones that stands in a caption is a kind that it says it names."""
    generator = np.random.default_rng(1)
    for _ in range(500):
        scene = any_scene(generator)
        written = caption(scene, generator)
        tokens = VOCABULARY.read(written.text).tokens
        kinds = {VOCABULARY.kind_of(token) for token in tokens} - {OTHER}
        kinds = {"terrain" if kind == "ground" else kind for kind in kinds}
        claimed = {attribute.split()[0] for attribute in written.said}
        quiet = {"sky clear", "weather none", "thing none", "terrain snow"}
        assert kinds <= claimed | {"terrain"}
        assert {kind for kind in claimed if f"{kind} {getattr(scene, kind)}" not in quiet} <= kinds
        assert all(scene.has(attribute) for attribute in written.said)


def test_every_word_of_a_caption_is_true_of_its_scene() -> None:
    """But that a snowy hill is no terrain of hills, and a cloudless sky is called clear."""
    generator = np.random.default_rng(3)
    for _ in range(2_000):
        scene = any_scene(generator)
        written = caption(scene, generator).text
        for token in VOCABULARY.read(written).tokens:
            kind, name = VOCABULARY.kind_of(token), VOCABULARY.names[token]
            if kind == OTHER:
                continue
            true = {"ground": scene.terrain, "sky": scene.sky.replace("clear", "cloudless")}.get(
                kind, getattr(scene, kind, "")
            )
            assert name == true or (name, scene.terrain) == ("hills", "snow"), written


def test_colour_and_side_are_said_only_of_a_thing() -> None:
    generator = np.random.default_rng(2)
    for _ in range(500):
        said = {attribute.split()[0] for attribute in caption(any_scene(generator), generator).said}
        assert "thing" in said or not said & {"colour", "side"}


def test_a_full_caption_names_all_that_can_be_seen() -> None:
    generator = np.random.default_rng(3)
    assert full_caption(SCENE, generator).said == {
        "time night", "terrain snow", "sky stars", "thing house", "colour red", "side left",
    }  # fmt: skip
    assert full_caption(BARE, generator).said == {"time day", "terrain sea", "sky clear"}


def test_captions_vary_in_wording_order_and_what_they_leave_out() -> None:
    generator = np.random.default_rng(4)
    written = [caption(SCENE, generator) for _ in range(200)]
    assert len({one.text for one in written}) > 150
    shares = [
        sum(attribute in one.said for one in written) / 200 for attribute in ("time night", "side left")
    ]
    assert all(0.4 < share < 0.95 for share in shares)
    assert 0.2 < sum("," not in one.text for one in written) / 200 < 0.95


def test_the_longest_captions_still_fit() -> None:
    generator = np.random.default_rng(5)
    longest = max(
        len(VOCABULARY.read(full_caption(any_scene(generator), generator).text).words) for _ in range(MANY)
    )
    assert 18 <= longest <= MAX_WORDS


@pytest.mark.parametrize("kind", ["time", "terrain", "sky", "weather", "thing", "colour", "side"])
def test_the_name_of_every_attribute_is_known(kind: str) -> None:
    names = [value for value in ATTRIBUTES[kind] if value != NONE]
    assert all(name in VOCABULARY.tokens for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "a red house on a snowy hill at night with stars",
        "a white boat on the sea at dusk",
        "by day, at night, at dawn, at sunset, at dusk",
        "clear sky, clear weather",
        "trees, boats, cacti, lighthouses and windmills in the meadows",
    ],
)
def test_plain_prompts_are_understood(text: str) -> None:
    assert VOCABULARY.read(text).unknown == ()


def test_a_snowy_hill_is_no_contradiction() -> None:
    assert VOCABULARY.read("a red house on a snowy hill at night with stars").contradictions == ()
    assert VOCABULARY.read("a boat by day and night").contradictions == (("day", "night"),)
