"""A lesson is added to the course that ships as one folder, without touching any other file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.main import create_app
from app.questions.catalogue import load_catalogue, read_course
from app.settings import Settings, files_folder
from tests.web.small_course import LESSON, question

PRACTICE = "/lessons/adding-noise/practice"


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """The shipped course with one more folder in it."""
    lessons = tmp_path / "lessons"
    shutil.copytree(files_folder("lessons"), lessons, ignore=shutil.ignore_patterns("02-*"))
    before = {path: path.read_bytes() for path in lessons.rglob("*") if path.is_file()}
    added = lessons / "02-adding-noise"
    added.mkdir()
    (added / "lesson.md").write_text(LESSON)
    (added / "quiz.toml").write_text(question("two-one", ("Red",)) + question("two-two", ("Blue",)))
    assert {path: path.read_bytes() for path in before} == before
    return lessons


@pytest.fixture
def client(lessons: Path, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        lessons=lessons, models=tmp_path / "none", database_url=f"sqlite:///{tmp_path / 'records.sqlite3'}"
    )
    with TestClient(
        create_app(settings), base_url="http://localhost", headers={"accept": "text/html"}
    ) as client:
        yield client


def test_the_course_is_read_without_faults(lessons: Path) -> None:
    assert read_course(lessons)[1] == []
    assert [lesson.slug for lesson in load_catalogue(lessons).lessons][:2] == [
        "from-noise-to-picture",
        "adding-noise",
    ]


def test_it_stands_on_home_at_its_planned_place_with_its_own_title_and_summary(client: TestClient) -> None:
    page = client.get("/").text
    rows = re.findall(r'class="number">(\d+)</span> (?:<a href="([^"]+)">)?([^<]+)', page)
    assert rows[1] == ("2", "/lessons/adding-noise", "Seeing colours")
    assert [number for number, _, _ in rows] == [str(number) for number in range(1, 14)]
    assert "What colours are." in page
    assert "How a picture is lost" not in page
    assert re.search(r"7 minutes, 2 questions<span[^>]*></span>, builds on lesson 1<", page)


def test_it_is_in_the_api(client: TestClient) -> None:
    assert client.get("/api/lessons").json()[1] == {
        "slug": "adding-noise",
        "number": 2,
        "title": "Seeing colours",
        "unit": "The idea",
        "unit_number": 1,
        "summary": "What colours are.",
        "prerequisites": ["from-noise-to-picture"],
        "questions": ["two-one", "two-two"],
    }


def test_it_is_served_and_practised(client: TestClient) -> None:
    lesson = client.get("/lessons/adding-noise").text
    assert "<h1>Seeing colours</h1>" in lesson
    page = client.get(PRACTICE).text
    (attempt,) = re.findall(r'name="attempt" value="([^"]+)"', page)
    data = {"option": opaque_id("two-one", "Red"), "attempt": attempt}
    assert "Right." in client.post(f"{PRACTICE}?q=two-one", data=data).text
    assert "Practice: 1 of 2 right, 1 to go" in client.get("/fragments/progress/adding-noise").text
    fragment = client.get("/fragments/progress").text
    assert f'href="{PRACTICE}?q=two-two"' in fragment
