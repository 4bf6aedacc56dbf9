"""What people are told of how a prompt was taken."""

from __future__ import annotations

import pytest

from app.engine.run import RunRequest
from app.web.prompt_notes import SHOWN_WORDS, isolated, notes, told
from tests.web.fake_engine import WORDS, card

PAINTER = card("painter", (3, 8, 8), WORDS)
LONG = "red " * 23 + "house tree blue"


def noted(**asked):
    return notes(told(RunRequest(model="painter", **asked), PAINTER))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"prompt": "a red house"}, ()),
        ({"prompt": "A red HOME at"}, ("Not in the model's vocabulary, and left out: “at”.",)),
        ({}, ("No prompt: the model paints whatever it likes.",)),
        ({"prompt": "  , "}, ("No prompt: the model paints whatever it likes.",)),
        ({"prompt": "castle house 🚀"}, ("Not in the model's vocabulary, and left out: “castle”, “🚀”.",)),
        (
            {"prompt": "castle 🚀"},
            (
                "No word of the prompt is in the model's vocabulary: “castle”, “🚀”. Nothing was understood, "
                "so the picture is unconditional: the model paints whatever it likes.",
            ),
        ),
        (
            {"prompt": "home, day or midnight"},
            (
                "Not in the model's vocabulary, and left out: “or”.",
                "“day” and “midnight” contradict each other: the model paints one of them or a mixture.",
            ),
        ),
        (
            {"prompt": "dawn day night"},
            ("“dawn”, “day” and “night” contradict one another: the model paints one of them or a mixture.",),
        ),
        (
            {"prompt": "red " * 25},
            ("The prompt is longer than the 24 words that the model reads: the last one was left off.",),
        ),
        (
            {"prompt": LONG},
            ("The prompt is longer than the 24 words that the model reads: the last 2 were left off.",),
        ),
    ],
)
def test_what_counts_of_a_prompt_and_what_does_not_is_said(asked, said):
    assert noted(**asked) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"negative_prompt": "night"}, ()),
        ({"negative_prompt": "night fog"}, ("Not in the model's vocabulary, and not led away from: “fog”.",)),
        (
            {"negative_prompt": "fog"},
            ("Nothing is led away from, since none of these words is in the model's vocabulary: “fog”.",),
        ),
        (
            {"negative_prompt": "red " * 26},
            (
                "What to lead away from is longer than the 24 words that the model reads: the last 2 were "
                "left off.",
            ),
        ),
        (
            {"negative_prompt": "night", "guidance": 1.0},
            ("With guidance 1 the model is led away from nothing; a higher one makes it count.",),
        ),
        (
            {"negative_prompt": "night", "guidance": 0.0},
            (
                "With guidance 0 the prompt counts for nothing: the model paints what it would otherwise be "
                "led away from.",
            ),
        ),
        (
            {"guidance": 0.0},
            ("With guidance 0 the prompt counts for nothing: the model paints whatever it likes.",),
        ),
        (
            {"negative_prompt": "an home"},
            ("The prompt and what to lead away from say the same, so guidance has nothing to do.",),
        ),
    ],
)
def test_a_negative_prompt_or_a_guidance_that_does_not_count_is_named(asked, said):
    assert noted(prompt="a house", **asked) == said


def test_maps_of_words_that_nobody_read_are_missed_in_words():
    assert noted(prompt="red", attention=True) == ()
    assert noted(attention=True)[-1].startswith("No word was read, so there is nothing to show")
    assert noted(attention=True, guidance=0.0, prompt="red")[-1].startswith("No word was read")
    assert not any("No word" in note for note in noted(attention=True, guidance=0.0, negative_prompt="red"))


def test_many_and_long_words_are_counted_and_cut():
    (note,) = noted(prompt="house " + " ".join(f"x{number}" for number in range(20)) + " " + "y" * 5000)
    assert f"“x{SHOWN_WORDS - 1}” and 9 more." in note
    (note,) = noted(prompt="house " + "y" * 5000)
    assert f"“{'y' * 39}…”" in note


def test_a_sign_that_cannot_be_seen_is_called_by_its_number():
    assert noted(prompt="red\u202e")[0].endswith("left out: “U+202E”.")


def test_a_quoted_word_cannot_turn_the_sentence_round_or_be_markup():
    (note,) = noted(prompt="house בית <b>")[:1]
    assert isolated(note) == (
        "Not in the model&#39;s vocabulary, and left out: “<bdi>בית</bdi>”, “<bdi>&lt;</bdi>”, "
        "“<bdi>b</bdi>”, “<bdi>&gt;</bdi>”."
    )


def test_a_model_of_classes_is_told_nothing_in_words():
    assert told(RunRequest(model="tiny"), card()) is None
