"""The glossary: its file, its faults, and the first use of a term in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.course.glossary import read_glossary, term_id
from app.course.terms import TermMarker

ENTRY = """
[[term]]
name = "noise level"
also = ["noise levels", "SNR"]
meaning = "How much *noise* there is: $\\\\sigma$."
lesson = "colours"
"""


def read(folder: Path, text: str):
    (folder / "glossary.toml").write_text(text, encoding="utf-8")
    terms, problems = read_glossary(folder, ["colours"])
    return terms, [str(problem) for problem in problems]


def test_a_term_is_read_with_its_forms_and_its_meaning_as_html(tmp_path):
    (term,), problems = read(tmp_path, ENTRY)
    assert problems == []
    assert (term.id, term.forms) == ("noise-level", ("noise level", "noise levels", "SNR"))
    assert "<em>noise</em>" in term.meaning_html
    assert "<math" in term.meaning_html


def test_a_course_without_the_file_has_no_terms(tmp_path):
    assert read_glossary(tmp_path, []) == ((), [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (('lesson = "colours"', 'lesson = "gone"'), "glossary.toml:6: lesson: no lesson 'gone' is written"),
        (('"SNR"]', '"Noise level"]'), "has the form 'Noise level' too"),
        (("How much", "[How](/labs) much"), "glossary.toml:5: meaning: links stand in lessons alone"),
        (("How much", "- How much"), "glossary.toml:5: meaning: is taken for a list"),
        (('name = "noise level"', ""), "name"),
        (('name = "noise level"', "name = 3"), "glossary.toml:3"),
        (("also", "other"), "other"),
        (("[[term]]", "[[terms]]"), "glossary.toml:2: unknown key; there are term"),
        (("name =", "name"), "glossary.toml:3"),
    ],
)
def test_each_fault_makes_one_message_with_its_line(tmp_path, change, what):
    text = ENTRY.replace(*change)
    _, problems = read(tmp_path, text)
    assert len(problems) == 1, problems
    assert what in problems[0]


@pytest.mark.parametrize(
    ("name", "id"), [("Noise level", "noise-level"), ("t = 1", "t-1"), ("\U0001f389", "term")]
)
def test_an_id_is_of_letters_and_digits(name, id):
    assert term_id(name) == id


@pytest.fixture
def marker(tmp_path):
    return TermMarker(read(tmp_path, ENTRY)[0])


LINK = '<a class="term" href="/glossary#noise-level">'


def test_the_first_use_alone_is_marked_over_all_parts_of_a_page(marker):
    marked = f"<p>Its {LINK}Noise level</a>, a noise level.</p>"
    assert marker.mark("<p>Its Noise level, a noise level.</p>") == marked
    assert marker.mark("<p>More noise levels.</p>") == "<p>More noise levels.</p>"


@pytest.mark.parametrize(
    "left_alone",
    [
        '<h2 id="x">Noise level</h2>',
        '<p><a href="#x">noise level</a> <code>noise level</code></p>',
        "<p>anoise level, noise leveller, noise-level</p>",
        '<p title="noise level">x</p>',
    ],
)
def test_headings_links_code_and_definitions_are_left_alone(marker, left_alone):
    assert marker.mark(left_alone) == left_alone
    assert LINK in marker.mark("<p>noise <br>and SNR</p>")


def test_without_terms_nothing_changes():
    assert TermMarker(()).mark("<p>noise level</p>") == "<p>noise level</p>"


def test_where_a_term_is_introduced_in_bold_it_is_not_marked_any_more(marker):
    introduced = "<p>The <strong>Noise level</strong> is; SNR.</p>"
    assert marker.mark(introduced) == introduced
    assert marker.mark("<p>noise levels</p>") == "<p>noise levels</p>"


def test_two_terms_have_places_of_their_own(tmp_path):
    twin = '\n[[term]]\nname = "noise-level"\nmeaning = "Much."\nlesson = "colours"\n'
    _, problems = read(tmp_path, ENTRY + twin)
    assert len(problems) == 1
    assert "another term has the place #noise-level too" in problems[0]
