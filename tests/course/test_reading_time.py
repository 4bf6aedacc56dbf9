"""How long a lesson takes, and the warning where it says less."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.course.catalogue import read_lessons
from app.course.lesson import Lesson, ReadQuestions
from app.course.reading_time import needed_minutes, time_problems, words_in

HEAD = """+++
title = "Colours"
unit = "The idea"
minutes = {minutes}
summary = "Colours."
hook = "What is red?"
concepts = ["red"]
+++

"""
PLATE = """
:::{lab} player
:seed: 1

Two words.
:::
"""


def lesson(folder: Path, text: str, minutes: int = 5) -> Lesson:
    place = folder / "01-colours"
    place.mkdir()
    (place / "lesson.md").write_text(HEAD.format(minutes=minutes) + text, encoding="utf-8")
    (place / "quiz.toml").write_text("", encoding="utf-8")
    (found,) = read_lessons(folder, lambda *_: ReadQuestions())[0].lessons
    return found


def test_words_are_counted_without_code_formulas_and_tables() -> None:
    html = "<p>One <b>two</b>&nbsp;three</p><pre>no no</pre><math><mi>x</mi></math><table>no</table>four"
    assert words_in(html) == 4


@pytest.mark.parametrize(("words", "plates", "minutes"), [(400, 0, 2), (401, 0, 3), (400, 1, 5), (0, 2, 5)])
def test_words_and_plates_take_their_time(tmp_path: Path, words: int, plates: int, minutes: int) -> None:
    assert needed_minutes(lesson(tmp_path, "word " * words + "\n" + PLATE * plates)) == minutes


def test_a_lesson_that_takes_much_longer_than_it_says_is_named(tmp_path: Path) -> None:
    (problem,) = time_problems([lesson(tmp_path, "word " * 1400, minutes=5)])
    assert str(problem).startswith("01-colours/lesson.md:4: minutes = 5, but it takes about 7")


def test_one_that_takes_a_little_longer_is_not(tmp_path: Path) -> None:
    assert list(time_problems([lesson(tmp_path, "word " * 1200, minutes=5)])) == []
