"""What a training may be of: every fault of a request in words of ours, one name for the same training."""

from __future__ import annotations

import json

import pytest

from app.engine.points.spec import TRAINING_ID, read_training
from app.errors import InvalidRequest


def read(text):
    return read_training(text.encode() if isinstance(text, str) else json.dumps(text).encode())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "there are no points"),
        ({"points": []}, "there are no points"),
        ({"points": [[0, 0]], "preset": "ring"}, "either points or a preset"),
        ({"preset": "star"}, "preset: must be one of"),
        ({"points": "many"}, "must be a list of points"),
        ({"points": [[0, 0], [0, 2.1]]}, "point 2 must be two numbers between -2 and 2, got [0, 2.1]"),
        ({"points": [[0, 0, 0]]}, "point 1 must be two numbers"),
        ({"points": [[0, True]]}, "got [0, true]"),
        ({"points": [["0", 0]]}, "point 1 must be two numbers"),
        ({"points": [0.5]}, "point 1 must be two numbers"),
        ({"points": [[0, 0]] * 2001}, "at most 2,000 points, got 2,001"),
        ('{"points": [[NaN, 0]]}', "got [nan, 0]"),
        ('{"points": [[0, Infinity]]}', "got [0, inf]"),
        ('{"points": [[1e400, 0]]}', "point 1 must be two numbers"),
        ('{"points": [[' + "9" * 40 + ", 0]]}", "point 1 must be two numbers"),
        ({"preset": "ring", "updates": 9}, "updates: must be at least 10; received 9"),
        ({"preset": "ring", "updates": 6001}, "updates: must be at most 6,000"),
        ({"preset": "ring", "updates": 10.5}, "whole number"),
        ({"preset": "ring", "seed": -1}, "seed: must be at least 0"),
        ({"preset": "ring", "level_told": 1}, "must be true or false"),
        ({"preset": "ring", "loop": "backwards"}, "loop: must be one of"),
        ({"preset": "ring", "target": "score"}, "target: must be one of"),
        ({"preset": "ring", "colour": "red"}, "colour: unknown key"),
        ("[]", "must be a table"),
        ("{", "the body is not JSON"),
        ("", "the body is not JSON"),
        ("[" * 3000, "the body is not JSON"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_words(given, words):
    with pytest.raises(InvalidRequest) as refused:
        read(given)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 400


def test_points_are_named_as_the_field():
    with pytest.raises(InvalidRequest) as refused:
        read({"points": [[3, 3]]})
    assert refused.value.field == "points"


@pytest.mark.parametrize("count", [1, 2, 2000])
def test_points_may_be_few_or_many_or_all_the_same(count):
    assert len(read({"points": [[0.5, -2]] * count}).points) == count


def test_the_same_training_has_one_name_and_others_have_others():
    names = {
        read(given).training_id
        for given in (
            {"points": [[0.1, 0.0]]},
            {"points": [[0.1, 0.00001]]},
            {"points": [[0.1, -0.0]], "seed": 0},
            {"points": [[0.1, 0]], "schedule": "flow"},
        )
    }
    assert len(names) == 1
    assert all(TRAINING_ID.fullmatch(name) for name in names)
    assert read({"preset": "ring"}).training_id != read({"preset": "ring", "seed": 1}).training_id
