"""What people are told of how a prompt was taken."""

from __future__ import annotations

import pytest

from app.controls.request import RunRequest
from app.engine.reading import read_prompts
from app.prompt_notes import SHOWN_LETTERS, SHOWN_WORDS, notes
from tests.web.fake_engine import WORDS, card

PAINTER = card("painter", (3, 8, 8), WORDS)
LONG = "red " * 23 + "house red blue"
FREE = "No prompt: the model paints whatever it likes."
OUT = "Not in the model's vocabulary, and left out"


def noted(**asked):
    reading = read_prompts(RunRequest(model="painter", **asked), PAINTER)
    assert reading
    return notes(reading)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"prompt": "a red house"}, ()),
        ({"prompt": "A red HOME at"}, (f"{OUT}: “at”.",)),
        ({}, (FREE,)),
        ({"prompt": "  , "}, (FREE,)),
        ({"prompt": "castle house 🚀"}, (f"{OUT}: “castle”, “🚀”.",)),
        (
            {"prompt": "castle 🚀"},
            (
                "No word of the prompt is in the model's vocabulary: “castle”, “🚀”. Nothing was understood, "
                "so the picture is unconditional: the model paints whatever it likes.",
            ),
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


DAY_OR_NIGHT = "“day” and “midnight” contradict each other"
AWAY = "the picture is led away from one of them or a mixture"
THINGS = "“home” and “tree” compete: this model paints only one of a kind"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"prompt": "day, midnight"}, (f"{DAY_OR_NIGHT}: the model paints one of them or a mixture.",)),
        (
            {"prompt": "dawn day night"},
            ("“dawn”, “day” and “night” contradict one another: the model paints one of them or a mixture.",),
        ),
        ({"prompt": "a home, a tree"}, (f"{THINGS}, so expect one of them or a mixture.",)),
        ({"prompt": "a home, a tree", "guidance": 1.0}, (f"{THINGS}, so expect one of them or a mixture.",)),
        (
            {"prompt": "red", "negative_prompt": "day, midnight home tree"},
            (
                f"In the negative prompt, {DAY_OR_NIGHT}: {AWAY}.",
                f"In the negative prompt, {THINGS}, so {AWAY}.",
            ),
        ),
    ],
)
def test_words_that_contradict_each_other_or_compete_are_told(asked, said):
    assert noted(**asked) == said


def test_rivals_are_told_of_every_prompt_that_counts_and_of_no_other():
    prompts = {"prompt": "day night", "negative_prompt": "red blue"}

    def rivals(**asked):
        return [note.split(" ")[0] for note in noted(**asked) if "contradict" in note or "compete" in note]

    assert rivals(**prompts, guidance=0.0) == ["In"]
    assert rivals(**prompts, guidance=0.5) == ["“day”", "In"]
    assert rivals(**prompts, guidance=1.0) == ["“day”"]
    assert rivals(**prompts, guidance=3.0) == ["“day”", "In"]
    for guidance in (0.0, 1.0, 3.0):  # said once where both say the same
        assert rivals(prompt="day night", negative_prompt="day night", guidance=guidance) == ["“day”"]
    (_, painted) = noted(negative_prompt="day night", guidance=0.0)
    assert painted.endswith("contradict each other: the model paints one of them or a mixture.")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"negative_prompt": "night"}, ()),
        (
            {"negative_prompt": "night fog"},
            ("Not in the model's vocabulary, and left out of the negative prompt: “fog”.",),
        ),
        (
            {"negative_prompt": "fog"},
            (
                "None of the negative prompt's words is in the model's vocabulary, so it counts for nothing: "
                "“fog”.",
            ),
        ),
        (
            {"negative_prompt": "red " * 26},
            (
                "The negative prompt is longer than the 24 words that the model reads: "
                "the last 2 were left off.",
            ),
        ),
        (
            {"negative_prompt": "night", "guidance": 1.0},
            (
                "With guidance 1 the negative prompt counts for nothing; "
                "only a guidance above 1 leads away from it.",
            ),
        ),
        (
            {"negative_prompt": "night", "guidance": 0.0},
            ("With guidance 0 the prompt counts for nothing: the model paints the negative prompt.",),
        ),
        (
            {"negative_prompt": "night", "guidance": 0.4},
            (
                "With guidance 0.4 the picture is a mixture of both: the negative prompt is painted in, "
                "and only a guidance above 1 leads away from it.",
            ),
        ),
        ({"guidance": 0.4}, ()),
        (
            {"guidance": 0.0},
            ("With guidance 0 the prompt counts for nothing: the model paints whatever it likes.",),
        ),
        (
            {"negative_prompt": "an home"},
            ("The prompt and the negative prompt say the same, so guidance has nothing to do.",),
        ),
    ],
)
def test_what_guidance_makes_of_the_negative_prompt_is_said(asked, said):
    assert noted(prompt="a house", **asked) == said


@pytest.mark.parametrize(
    ("guidance", "alone"),
    [
        (0.0, "with guidance 0 the model paints the negative prompt."),
        (0.5, "with guidance 0.5 the picture is drawn towards the negative prompt, not away from it."),
        (2.5, "only the negative prompt counts, and the picture is led away from it."),
    ],
)
def test_a_picture_that_the_negative_prompt_decides_is_not_called_free(guidance, alone):
    asked = {"negative_prompt": "house", "guidance": guidance}
    assert noted(**asked) == (f"No prompt: {alone}",)
    assert noted(**asked, prompt="castle") == (
        "No word of the prompt is in the model's vocabulary: “castle”. "
        + f"Nothing was understood, so {alone}",
    )


def test_a_picture_is_called_free_where_no_word_counts():
    assert noted(negative_prompt="house", guidance=1.0)[0] == FREE
    assert noted(negative_prompt="fog", guidance=0.0)[0] == FREE
    assert "unconditional" in noted(prompt="castle", negative_prompt="house", guidance=1.0)[0]


def test_a_guidance_too_small_to_tell_from_none_is_none():
    assert noted(prompt="red", guidance=1e-50) == noted(prompt="red", guidance=0.0)
    assert noted(prompt="red", negative_prompt="blue", guidance=1.0 + 1e-9) == noted(
        prompt="red", negative_prompt="blue", guidance=1.0
    )


def test_maps_of_words_that_nobody_read_are_missed_in_words():
    assert noted(prompt="red", attention=True) == ()
    missed = "No word of the prompt counts, so there is nothing to show of what each word drew."
    assert noted(attention=True)[-1] == missed
    assert noted(attention=True, guidance=0.0, prompt="red")[-1] == missed
    assert noted(attention=True, guidance=3.0, negative_prompt="red")[-1] == missed
    assert missed not in noted(attention=True, guidance=0.0, negative_prompt="red")


def test_many_and_long_words_are_counted_and_cut():
    (note,) = noted(prompt="house " + " ".join(f"x{number}" for number in range(20)) + " " + "y" * 300)
    assert f"“x{SHOWN_WORDS - 1}” and 9 more." in note
    (note,) = noted(prompt="house " + "y" * 300)
    assert f"“{'y' * (SHOWN_LETTERS - 1)}…”" in note


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\u202e", "U+202E"),
        ("\u202e\u202c", "U+202E U+202C"),
        ("\u202e<", "U+202E <"),
        ("<\x1b[31m", "< U+001B ["),
        ("%\u200b%", "% U+200B %"),
        ("\u200d", "U+200D"),
        ("👩\u200d👧", "👩\u200d👧"),  # one picture, whose joiner shows as that
        ("👩\u200d", "👩 U+200D"),
    ],
    ids=ascii,
)
def test_each_sign_that_cannot_be_seen_is_called_by_its_number(typed, shown):
    note = noted(prompt=f"red{typed}")[0]
    assert note.startswith(f"{OUT}: “{shown}”")
    assert all(sign.isprintable() or sign == "\u200d" for sign in note)


def test_a_model_of_classes_is_told_nothing_in_words():
    assert read_prompts(RunRequest(model="tiny"), card()) is None
