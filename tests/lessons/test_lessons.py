"""The lessons that ship: each renders, each question is sound, each snippet prints what the text says."""

import re

import pytest

from app.course.ids import read_ids
from app.questions.catalogue import load_catalogue
from app.questions.check import check_course
from app.questions.choice.grading import grade
from app.questions.lint import find_warnings
from app.settings import files_folder

LESSONS = files_folder("lessons")


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(LESSONS)


@pytest.mark.soak  # `make check` runs the same command
def test_the_course_check_has_nothing_to_say():
    report = check_course(LESSONS)
    assert (report.problems, report.warnings) == ((), ())


def test_every_question_is_right_with_its_key_and_wrong_with_any_other_option(catalogue):
    for lesson in catalogue.lessons:
        for question in lesson.questions:
            key = [option.id for option in question.options if option.right]
            assert grade(question, key).verdict == "right"
            for option in question.options:
                if not option.right:
                    assert grade(question, [option.id]).verdict == "wrong"


def test_neither_length_nor_wording_nor_place_gives_a_key_away(catalogue):
    assert [str(warning) for warning in find_warnings(catalogue)] == []


def test_no_feedback_solution_or_verdict_stands_in_a_lesson(catalogue):
    for lesson in catalogue.lessons:
        text = "".join(str(block) for block in lesson.blocks)
        for question in lesson.questions:
            hidden = [option.feedback for option in question.options]
            assert not [part for part in [*hidden, *question.steps] if part in text]


def test_nothing_in_a_lesson_carries_a_style_or_a_script(catalogue):
    for lesson in catalogue.lessons:
        for block in lesson.blocks:
            html = getattr(block, "html", "") + getattr(block, "caption_html", "")
            assert " style=" not in html
            assert "<script" not in html


def test_lesson_1_is_the_one_that_the_course_begins_with(catalogue):
    first = catalogue.lessons[0]
    assert (first.number, first.slug) == (1, "from-noise-to-picture")
    assert len(first.questions) >= 8
    assert 10 <= first.minutes <= 20
    assert [question.id for question in first.questions[:5]] == [
        "l1-purpose",
        "l1-training",
        "l1-predict-once",
        "l1-loss-rises",
        "l1-order",
    ]
    assert all(len(question.options) == 4 for question in first.questions[:5])


def test_the_figures_that_a_question_quotes_of_a_snippet_are_those_that_it_prints(catalogue):
    named = re.compile(r"/files/(snippets/\w+)\.py\)")
    quoted = 0
    for lesson in catalogue.lessons:
        for question in lesson.questions:
            for option in question.options:
                for stem in named.findall(option.feedback):
                    printed = (lesson.folder / f"{stem}.out").read_text(encoding="utf-8")
                    figures = re.findall(r"\d+\.\d+", option.feedback)
                    assert figures
                    assert [figure for figure in figures if figure not in printed] == []
                    quoted += len(figures)
    assert quoted


def test_what_a_question_says_of_the_ten_prints_is_what_they_show():
    lines = (LESSONS / "01-from-noise-to-picture/snippets/ten_prints.out").read_text().splitlines()
    figures = {line.split(":")[0]: line for line in lines if ":" in line}
    forwards, backwards, perfect = (
        [float(word) for word in figures[name].split() if "." in word]
        for name in ("as written", "backwards", "perfect model")
    )
    assert forwards[-1] > forwards[0]
    assert backwards[-1] < backwards[0]
    assert perfect == sorted(perfect)
    assert [line.split()[1] for line in lines if line.strip().startswith("rises")] == ["20", "0", "20"]
    worse = re.findall(r"(\w+) [\d.]+, worse (\d+) times out of 20", "\n".join(lines))
    assert worse == [("backwards", "20"), ("random", "20"), ("backwards", "10")]


def test_every_picture_of_a_lesson_is_named_in_its_sources(catalogue):
    for lesson in catalogue.lessons:
        sources = (lesson.folder / "SOURCES.md").read_text(encoding="utf-8")
        assert all(f"`{name}`" in sources for name in lesson.pictures)


def test_every_question_is_listed_among_the_published_ids_of_its_lesson(catalogue):
    for lesson in catalogue.lessons:
        file, _ = read_ids(lesson.folder, LESSONS)
        assert file
        assert {question.id for question in lesson.questions} <= set(file.ids.published)


def test_every_lesson_is_planned_in_the_outline_of_the_course(catalogue):
    assert {lesson.slug for lesson in catalogue.lessons} <= {
        entry.slug for entry in catalogue.outline.planned
    }
