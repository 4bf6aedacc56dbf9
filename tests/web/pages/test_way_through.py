"""The way through a course: lessons before and after, goals, glossary, search."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.small_course import LESSON, question

GLOSSARY = """
[[term]]
name = "light"
meaning = "What is *seen* & not <touched>."
lesson = "colours"
"""


TITLES = {"colours": "Seeing colours", "shapes": "Shapes", "sounds": "Sounds"}
CIRCLE = "\n## A circle\n\nA circle is a shape of zebras & light.\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    for number, (slug, title) in enumerate(TITLES.items(), 1):
        lesson = folder / "lessons" / f"{number:02}-{slug}"
        lesson.mkdir(parents=True)
        text = LESSON.replace("Seeing colours", title)
        if slug == "shapes":
            head = 'goals = ["draw a <b>circle</b>"]\nprerequisites = ["colours"]\nconcepts'
            text = text.replace("concepts", head, 1) + CIRCLE
        (lesson / "lesson.md").write_text(text, encoding="utf-8")
        (lesson / "quiz.toml").write_text(question(f"{slug}-one", ("Red",)), encoding="utf-8")
    (folder / "lessons" / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "none",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("slug", "before", "after"),
    [("colours", None, "shapes"), ("shapes", "colours", "sounds"), ("sounds", "shapes", None)],
)
def test_a_lesson_leads_to_the_ones_before_and_after(client, slug, before, after):
    page = client.get(f"/lessons/{slug}").text
    for rel, other in (("prev", before), ("next", after)):
        assert (f'rel="{rel}" href="/lessons/{other}"' in page) is (other is not None)
        assert (f'rel="{rel}"' in page) is (other is not None)


def test_a_lesson_says_what_it_is_for_and_what_it_builds_on(client):
    page = client.get("/lessons/shapes").text
    assert "<li>draw a &lt;b&gt;circle&lt;/b&gt;</li>" in page
    assert 'Builds on <a href="/lessons/colours">lesson 1</a>' in page
    assert "What you will be able to do" not in client.get("/lessons/colours").text


def test_the_first_use_of_a_term_leads_to_the_glossary(client):
    page = client.get("/lessons/shapes").text
    assert page.count('href="/glossary#light"') == 1
    glossary = client.get("/glossary").text
    assert '<dt id="light">light</dt>' in glossary
    assert "<em>seen</em> &amp; not &lt;touched&gt;" in glossary
    assert "signal_scale" in glossary


PLAN = """
[[unit]]
number = 1
title = "The idea"
"""
PLANNED = """
[[unit.lesson]]
number = {}
slug = "{}"
title = "{}"
idea = "Later."
"""


@pytest.mark.parametrize(
    ("planned", "named"),
    [
        ([(1, "colours", "Colours"), (2, "shades", "Shades & tints"), (3, "light", "Light")], True),
        ([(3, "light", "Light"), (1, "colours", "Colours"), (2, "shades", "Shades & tints")], True),
        ([(1, "colours", "Colours")], False),
    ],
)
def test_the_last_lesson_that_is_written_names_the_one_in_preparation(site, planned, named):
    outline = PLAN + "".join(PLANNED.format(*entry) for entry in planned)
    page = site(outline=outline).get("/lessons/colours").text
    assert ("Lesson 2, in preparation</span> Shades &amp; tints" in page) is named
    assert ("in preparation" in page) is named
    assert "/lessons/shades" not in page
    assert "Light" not in page


def test_between_written_lessons_none_is_in_preparation(client):
    assert "in preparation" not in client.get("/lessons/shapes").text


def found(client, query):
    return client.get("/search", params={"q": query})


def test_words_are_found_in_lessons_under_their_headings_and_in_the_glossary(client):
    answer = found(client, "CIRCLE zeb")
    assert 'href="/lessons/shapes#a-circle"' in answer.text
    assert "A <mark>circle</mark> is a shape of <mark>zebras</mark> &amp; light." in answer.text
    assert "1 found for" in answer.text
    light = found(client, "light").text
    assert 'href="/glossary#light"' in light
    assert light.index("Terms") < light.index("Lessons")


@pytest.mark.parametrize("query", ["zebras sounds", "ebra", "xyzzy", "CANARY", "%", "..", "("])
def test_what_is_nowhere_is_not_found_and_the_page_says_so(client, query):
    answer = found(client, query)
    assert answer.status_code == 200
    assert "Nothing was found" in answer.text


@pytest.mark.parametrize("query", ["", "   ", "\0"])
def test_without_a_word_nothing_is_searched(client, query):
    assert "Type a word or two" in found(client, query).text
    assert "Type a word" not in client.get("/search").text


@pytest.mark.parametrize("query", ["a" * 100_00, "<script>alert(1)</script>", "circle " * 500])
def test_long_queries_are_cut_and_markup_is_shown_as_text(client, query):
    answer = found(client, query)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 40_000


@pytest.mark.parametrize("path", ["/", "/lessons/shapes"])
def test_home_and_lessons_have_the_search(client, path):
    page = client.get(path).text
    assert page.count('action="/search"') == page.count('id="q"') == 1
