"""What gives away the keys of a lesson, measured over its questions and compared with chance."""

from __future__ import annotations

from itertools import cycle

import pytest

from app.questions.choice.lint import warnings_together
from app.questions.choice.schema import ChoiceQuestion
from app.questions.choice.tells import at_least, drawn_at_least, length_tells, wording_tells
from tests.course_folder import QUESTION

LENGTHS = (20, 30, 40, 50)


def asked(number, texts, key, kind="single"):
    """Make a question of these options, of which the one at `key` is right."""
    options = [{"text": text, "right": place == key, "feedback": "So."} for place, text in enumerate(texts)]
    return ChoiceQuestion.model_validate(
        QUESTION | {"id": f"q{number}", "kind": kind, "options": options}, context={"question": f"q{number}"}
    )


def lesson_by_length(ranks):
    """Make a lesson whose key has this rank by length in each question: 0 the shortest of four."""
    texts = ["x" * length for length in LENGTHS]
    return [asked(number, texts, rank) for number, rank in enumerate(ranks)]


def lesson_by_words(right, wrong):
    """Make a lesson whose options have these words, those of the key and those of the others in turn."""
    words = cycle(wrong)
    return [
        asked(number, [f"The {word} 0", *(f"A {next(words)} {k}" for k in (1, 2, 3))], 0)
        for number, word in enumerate(right)
    ]


@pytest.mark.parametrize(("rank", "name"), [(0, "shortest"), (3, "longest")])
def test_a_lesson_whose_keys_are_mostly_at_one_end_by_length_is_noticed(rank, name):
    found = list(length_tells(lesson_by_length([rank] * 8 + [1, 2])))
    assert found[0].startswith(f"the right option is the {name} in 8 of 10 questions; by chance")
    assert "about 2.5" in found[0]


def test_a_lesson_whose_keys_are_never_long_is_noticed_even_if_they_are_seldom_the_shortest():
    [found] = length_tells(lesson_by_length([0, 1, 1, 0, 1, 1, 1, 0, 1, 1]))
    assert "mostly among the shorter ones: its average place by length is 0.23" in found


@pytest.mark.parametrize("ranks", [[0, 1, 2, 3, 0, 1, 2, 3, 1, 2], [1, 2] * 5, [3, 0, 3, 0, 1]])
def test_a_lesson_whose_keys_have_all_lengths_is_left_alone(ranks):
    assert list(length_tells(lesson_by_length(ranks))) == []


def test_three_questions_prove_nothing():
    assert list(length_tells(lesson_by_length([0, 0, 0]))) == []


def test_questions_with_several_right_options_have_no_key_to_be_guessed_by_length():
    texts = ["x" * length for length in LENGTHS]
    assert list(length_tells([asked(number, texts, 0, "several") for number in range(10)])) == []


def test_marks_of_code_and_emphasis_have_no_length():
    texts = ["*xxx*", "`xxxx`", "xxxxx"]
    [found, *_] = length_tells([asked(number, texts, 2) for number in range(6)])
    assert "the longest in 6 of 6" in found


def test_words_of_caution_that_stand_in_keys_are_noticed():
    found = list(wording_tells(lesson_by_words(["red", "may", "usually"] * 3, ["green"])))
    assert found == ["of 6 options with words of caution (may, usually) 6 are right; of all 36 options 9 are"]


def test_words_of_certainty_that_stand_in_wrong_options_are_noticed():
    found = list(wording_tells(lesson_by_words(["red"] * 10, ["always green", "blue", "never green"])))
    assert found == [
        "of 20 options with words of certainty (always, never) 20 are wrong; of all 40 options 30 are"
    ]


def test_words_that_stand_in_right_and_wrong_options_alike_are_left_alone():
    right, wrong = ["may red", "only red", "red"] * 3, ["may be", "only green"]
    assert list(wording_tells(lesson_by_words(right, wrong))) == []


def test_words_in_code_are_not_the_author_s():
    assert list(wording_tells(lesson_by_words(["`all(x)`", "`any(x)`"] * 5, ["green"]))) == []


def test_a_lint_of_questions_together_tells_length_and_wording():
    found = " ".join(warnings_together(lesson_by_length([0] * 10)))
    assert "shortest in 10 of 10" in found
    found = " ".join(warnings_together(lesson_by_words(["may"] * 5, ["green"])))
    assert "words of caution" in found


def test_chances_are_exact():
    assert at_least(0, [0.3, 0.4]) == pytest.approx(1.0)
    assert at_least(1, [0.25, 0.5]) == pytest.approx(1 - 0.75 * 0.5)
    assert at_least(3, [0.5] * 3) == pytest.approx(0.125)
    assert drawn_at_least(2, 2, 2, 4) == pytest.approx(1 / 6)
    assert drawn_at_least(1, 2, 2, 4) == pytest.approx(5 / 6)
