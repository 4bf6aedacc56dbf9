"""A lesson in another language says so wherever its own words stand; the page around them is English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.course.tongue import ENGLISH, Tongue, direction_of
from app.main import create_app
from app.questions.catalogue import read_course
from app.settings import Settings
from tests.web.small_course import LESSON, question

ARABIC = 'lang="ar" dir="rtl"'
BACK = 'lang="en" dir="ltr"'


def write(folder: Path, slug: str, head: str) -> None:
    lesson = folder / "lessons" / slug
    lesson.mkdir(parents=True)
    text = LESSON.replace('concepts = ["colour"]', f'concepts = ["colour"]\n{head}')
    (lesson / "lesson.md").write_text(text.replace("Seeing colours", f"Title of {slug}"), encoding="utf-8")
    (lesson / "quiz.toml").write_text(question(slug[3:], ("Red",)), encoding="utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("tongues")
    write(folder, "01-arabic", 'lang = "ar"')
    write(folder, "02-english", "")
    write(folder, "03-german", 'lang = "de"')
    (folder / "models").mkdir()
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "models",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("lang", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he", "rtl"),
        ("fa-IR", "rtl"),
        ("az-Arab", "rtl"),
        ("ur-Latn", "ltr"),
        ("az-arab", "rtl"),
        ("pa-ARAB-PK", "rtl"),
        ("ur-latn", "ltr"),
        ("AR-eg", "rtl"),
        ("nqo", "rtl"),
        ("ff-Adlm", "rtl"),
        ("ff", "ltr"),
        ("rhg-Rohg", "rtl"),
        ("rhg-Latn", "ltr"),
        ("ur-Aran", "rtl"),
        ("sl-1994", "ltr"),
    ],
)
def test_a_language_has_the_direction_of_its_script(lang: str, direction: str) -> None:
    assert direction_of(lang) == direction


def test_the_text_of_a_lesson_names_its_language_and_what_is_ours_stays_english(client: TestClient) -> None:
    html = client.get("/lessons/arabic").text
    assert '<html lang="en">' in html
    for opening in ("<h1", '<p class="hook"', '<div class="lesson-text"'):
        assert f"{opening} {ARABIC}>" in html, opening
    for opening in ('<section class="to-practice"', '<p class="meta to-print"', '<nav class="beside"'):
        assert re.search(f"{opening} {BACK}", html), opening
    assert f"<div {BACK}>" in html  # around the lab


def test_an_english_lesson_says_nothing_of_it(client: TestClient) -> None:
    for address in ("/lessons/english", "/lessons/english/practice", "/lessons/english/print"):
        text = re.sub(r"<nav class=.beside.*?</nav>", "", client.get(address).text, flags=re.DOTALL)
        assert not re.search('dir="(ltr|rtl)"', text), address
    assert ENGLISH.attributes == ENGLISH.back == ""


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/lessons/arabic/practice", f'<div class="stem" {ARABIC}>'),
        ("/lessons/arabic/print", f'<div class="stem" {ARABIC}>'),
        ("/", f'<a {ARABIC} href="/lessons/arabic">'),
        ("/search?q=colour", f'<a {ARABIC} href="/lessons/arabic">'),
        ("/lessons/english", f"<span {ARABIC}>Title of 01-arabic</span>"),
        ("/lessons/english", '<span lang="de" dir="ltr">Title of 03-german</span>'),
    ],
)
def test_its_words_say_so_wherever_they_stand(client: TestClient, address: str, marked: str) -> None:
    assert marked in client.get(address).text


def test_the_solution_says_so_too(client: TestClient) -> None:
    html = client.post("/lessons/arabic/practice/solution?q=arabic", headers={"accept": "text/html"}).text
    assert f"<ol {ARABIC}>" in html
    assert f"<dd {ARABIC}>CANARY arabic final" in html


@pytest.mark.parametrize(
    "head", ['lang = "Deutsch"', 'lang = "e"', 'lang = "de_DE"', 'lang = ""', "lang = 3"]
)
def test_a_language_that_is_none_is_a_fault_of_its_line(tmp_path: Path, head: str) -> None:
    write(tmp_path, "01-faulty", head)
    _, problems = read_course(tmp_path / "lessons")
    said = [str(problem) for problem in problems if "lang" in str(problem)]
    assert len(said) == 1
    assert "lesson.md:8" in said[0]


def test_a_direction_that_is_none_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "01-faulty", 'dir = "up"')
    _, problems = read_course(tmp_path / "lessons")
    assert any("dir" in str(problem) and "ltr" in str(problem) for problem in problems)


def test_a_head_may_name_the_direction() -> None:
    assert Tongue("ks", "ltr").attributes == ' lang="ks" dir="ltr"'
