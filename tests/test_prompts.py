from __future__ import annotations

import pytest

from app.prompts import MAX_WORDS, OTHER, PAD, Vocabulary

KNOWN = Vocabulary(
    {
        "time": ("day noon", "night nighttime"),
        "thing": ("house houses", "tree trees"),
        OTHER: ("a an", "and"),
    }
)


def test_tokens_are_numbered_entry_by_entry_behind_the_filling() -> None:
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
    assert prompt.text == "a house and a tree"
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


def test_a_row_is_filled_up_behind_its_words() -> None:
    assert KNOWN.read("a tree").row == (5, 4) + (PAD,) * (MAX_WORDS - 2)
    assert KNOWN.read("castle").row == (PAD,) * MAX_WORDS


def test_words_of_one_kind_contradict_each_other_but_synonyms_do_not() -> None:
    assert KNOWN.read("a house by day and noon, and a house").contradictions == ()
    assert KNOWN.read("noon night house").contradictions == (("noon", "night"),)
    assert KNOWN.read("tree day houses night trees").contradictions == (("tree", "houses"), ("day", "night"))


def test_ten_thousand_characters_are_read_at_once() -> None:
    prompt = KNOWN.read("dragon house " * 769)
    assert prompt.unknown == ("dragon",)
    assert prompt.unread == 769 - MAX_WORDS


@pytest.mark.parametrize(
    ("kinds", "complaint"),
    [
        ({"time": ("day", "day noon")}, "several: \\['day'\\]"),
        ({"time": ("day",), "thing": ("day",)}, "several: \\['day'\\]"),
        ({"time": ("Day",)}, "not like \\['Day'\\]"),
        ({"time": ("mid-day",)}, "not like \\['mid-day'\\]"),
    ],
)
def test_a_vocabulary_that_cannot_be_read_is_refused(
    kinds: dict[str, tuple[str, ...]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Vocabulary(kinds)
