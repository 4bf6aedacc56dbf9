from __future__ import annotations

import time

import pytest

from app.controls.table import MAX_PROMPT_LENGTH
from app.prompts import MAX_WORDS, OTHER, PAD, Vocabulary

KNOWN = Vocabulary(
    {
        "time": ("day noon", "night nighttime"),
        "thing": ("house houses", "tree trees"),
        OTHER: ("a an", "and"),
    }
)


def test_tokens_are_numbered_entry_by_entry_behind_the_padding() -> None:
    assert KNOWN.tokens == {
        "day": 1, "noon": 1, "night": 2, "nighttime": 2, "house": 3, "houses": 3,
        "tree": 4, "trees": 4, "a": 5, "an": 5, "and": 6,
    }  # fmt: skip
    assert KNOWN.size == 7
    assert [KNOWN.names[token] for token in (2, 4, 5)] == ["night", "tree", "a"]
    assert [KNOWN.kind_of(token) for token in (1, 2, 3, 6)] == ["time", "time", "thing", OTHER]


@pytest.mark.parametrize("token", [PAD, 7, 99])
def test_what_is_no_word_has_no_kind(token: int) -> None:
    with pytest.raises(ValueError, match=f"no word has the token {token}"):
        KNOWN.kind_of(token)


def test_synonyms_and_plurals_share_a_token_and_keep_their_spelling() -> None:
    prompt = KNOWN.read("Houses at NIGHTTIME")
    assert prompt.words == ("houses", "nighttime")
    assert prompt.tokens == KNOWN.read("house night").tokens
    assert prompt.unknown == ("at",)


@pytest.mark.parametrize(
    "text",
    [
        "a house, and a tree.",
        "a house/and\ta\ntree",
        "A House \u2013 and “a tree”!",
        "\uff41 \uff48ouse and a-tree",
    ],
)
def test_signs_and_letter_forms_do_not_matter(text: str) -> None:
    prompt = KNOWN.read(text)
    assert prompt.words == ("a", "house", "and", "a", "tree")
    assert not prompt.unknown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("", ()),
        (" \n\t .,;", ()),
        ("castle", ("castle",)),
        ("castle house Castle dragon", ("castle", "dragon")),
        ("a house 🚀 👩‍👧", ("🚀", "👩‍👧")),
        ("<b>house</b>", ("<", "b", ">")),
        ("بيت house", ("بيت",)),
        ("house\u202e tree", ("\u202e",)),
        ("no house's tree", ("no", "house's")),
        ("two_houses", ("two", "_")),
        ("100% day", ("100", "%")),
    ],
)
def test_what_the_model_does_not_know_is_told_once_and_in_order(text: str, unknown: tuple[str, ...]) -> None:
    assert KNOWN.read(text).unknown == unknown


def test_words_behind_the_last_one_that_is_read_are_counted() -> None:
    prompt = KNOWN.read("house " * (MAX_WORDS + 3))
    assert len(prompt.words) == len(prompt.tokens) == len(prompt.row) == MAX_WORDS
    assert prompt.unread == 3


def test_a_row_is_padded_behind_its_words() -> None:
    assert KNOWN.read("a tree").row == (5, 4) + (PAD,) * (MAX_WORDS - 2)
    assert KNOWN.read("castle").row == (PAD,) * MAX_WORDS


def test_times_of_day_and_sides_contradict_each_other() -> None:
    sides = Vocabulary({"side": ("left", "right"), "time": ("day noon", "night")})
    assert sides.read("left noon right night").contradictions == (("left", "right"), ("noon", "night"))
    assert sides.read("left noon right night").competing == ()


def test_words_of_any_other_kind_compete_and_do_not_contradict() -> None:
    prompt = KNOWN.read("tree day houses night trees")
    assert prompt.competing == (("tree", "houses"),)
    assert prompt.contradictions == (("day", "night"),)


def test_what_is_said_twice_and_words_that_go_with_any_others_have_no_rivals() -> None:
    prompt = KNOWN.read("a house by day and noon, and an house")
    assert (prompt.contradictions, prompt.competing) == ((), ())


def fastest_reading_s(text: str) -> float:
    times = []
    for _ in range(20):
        began = time.perf_counter()
        KNOWN.read(text)
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize(
    "hostile",
    [
        "a" + "\u0315\u0300" * MAX_PROMPT_LENGTH,  # marks that are brought into order
        "\u0327\u0316\u0300\u0301" * MAX_PROMPT_LENGTH,
        "\u0344" * MAX_PROMPT_LENGTH,  # two marks each
        "\ufdfa" * MAX_PROMPT_LENGTH,  # eighteen letters each
    ],
    ids=ascii,
)
def test_no_text_that_a_prompt_may_be_takes_long_to_read(hostile: str) -> None:
    """Unicode's normal form takes the square of a run of marks: at 10,000 letters 150 times as long."""
    usual_s = fastest_reading_s(("a house and a tree " * MAX_PROMPT_LENGTH)[:MAX_PROMPT_LENGTH])
    assert fastest_reading_s(hostile[:MAX_PROMPT_LENGTH]) < 100 * usual_s


@pytest.mark.parametrize(
    ("kinds", "complaint"),
    [
        ({"time": ("day", "day noon")}, "several: \\['day'\\]"),
        ({"time": ("day",), "thing": ("day",)}, "several: \\['day'\\]"),
        ({"time": ("Day",)}, "not like \\['Day'\\]"),
        ({"time": ("mid-day",)}, "not like \\['mid-day'\\]"),
        ({"time": ("day",), "thing": ()}, "not in thing"),
        ({"time": ("day", "")}, "not in time"),
        ({"time": (" \t",), "thing": ("tree", " ")}, "not in time, thing"),
    ],
)
def test_a_vocabulary_that_cannot_be_read_is_refused(
    kinds: dict[str, tuple[str, ...]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Vocabulary(kinds)
