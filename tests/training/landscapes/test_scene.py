from __future__ import annotations

import numpy as np
import pytest

from app.training.landscapes.scene import (
    ATTRIBUTES,
    HELD_OUT,
    Scene,
    any_scene,
    held_out_scene,
    training_scene,
)


def test_training_never_shows_a_pair_that_is_held_out_but_shows_each_of_its_halves() -> None:
    generator = np.random.default_rng(0)
    scenes = [training_scene(generator) for _ in range(4_000)]
    for one, other in HELD_OUT:
        assert not any(scene.has(one) and scene.has(other) for scene in scenes)
        assert sum(scene.has(one) for scene in scenes) > 100
        assert sum(scene.has(other) for scene in scenes) > 100


@pytest.mark.parametrize("pair", HELD_OUT, ids=" and ".join)
def test_a_scene_with_a_given_pair_has_it(pair: tuple[str, str]) -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        scene = held_out_scene(generator, pair)
        assert scene.has(pair[0])
        assert scene.has(pair[1])
        assert scene.held_out == (pair,)


def test_there_are_at_least_ten_held_out_pairs_of_two_different_kinds() -> None:
    assert len(HELD_OUT) >= 10
    for pair in HELD_OUT:
        kinds = [attribute.split()[0] for attribute in pair]
        assert len(set(kinds)) == 2
        assert all(attribute.split()[1] in ATTRIBUTES[attribute.split()[0]] for attribute in pair)


def test_every_value_comes_up() -> None:
    generator = np.random.default_rng(1)
    scenes = [any_scene(generator) for _ in range(2_000)]
    for kind, values in ATTRIBUTES.items():
        assert {getattr(scene, kind) for scene in scenes} == set(values)


def test_indices_say_the_place_of_each_value() -> None:
    scene = Scene("night", "snow", "stars", "none", "house", "red", "left")
    assert scene.indices() == (3, 4, 2, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        (("noon", "snow", "stars", "none", "house", "red", "left"), "time must be one of dawn, day"),
        (("night", "snow", "stars", "none", "none", "red", "none"), "belong to a thing"),
        (("night", "snow", "stars", "none", "house", "red", "none"), "belong to a thing"),
    ],
)
def test_a_scene_that_cannot_be_is_refused(fields: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Scene(*fields)
