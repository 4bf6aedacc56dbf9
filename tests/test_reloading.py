"""The web process of a course that somebody works on: faults on the page, pages that renew themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.reloading import RETRY_S, SCRIPT_PATH, create_app
from tests.course_folder import QUESTION, Course

TAG = f'<script type="module" src="{SCRIPT_PATH}"></script></head>'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    (tmp_path / "models").mkdir()
    for name in ("lessons", "models"):
        monkeypatch.setenv(name.upper(), str(tmp_path / name))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return Course(tmp_path / "lessons")


def started() -> Iterator[TestClient]:
    """Start the web process again and again."""
    while True:
        with TestClient(create_app(), base_url="http://localhost") as client:
            yield client


def test_a_faulty_course_is_told_on_the_page_and_comes_back_when_it_is_mended(course: Course) -> None:
    starts = started()
    course.lesson(body="Red.\n")
    client = next(starts)
    sound = client.get("/lessons/colours", headers={"accept-encoding": "gzip"})
    assert (sound.status_code, sound.text.count(TAG)) == (200, 1)
    assert "etag" not in sound.headers
    assert "setTimeout" in client.get(SCRIPT_PATH).text
    first = client.get("/reload").text
    assert client.get("/reload").text == first

    course.lesson(body="See <b>[a](#nope)\n")
    client = next(starts)
    faulty = client.get("/lessons/colours")
    assert (faulty.status_code, faulty.headers["refresh"]) == (503, str(RETRY_S))
    assert "01-colours/lesson.md:9: HTML is shown to readers as text: &#x27;&lt;b&gt;&#x27;" in faulty.text
    assert "01-colours/lesson.md:9: the link &#x27;#nope&#x27; leads nowhere" in faulty.text
    assert TAG in faulty.text
    second = client.get("/reload").text
    assert second != first

    course.lesson(body="Blue.\n")
    client = next(starts)
    assert "Blue." in client.get("/lessons/colours").text
    assert client.get("/reload").text not in (first, second)


def test_what_the_check_alone_refuses_is_told_on_the_page_too(course: Course) -> None:
    question = QUESTION | {"experiment": {"kind": "run", "model": "gone"}}
    course.lesson(body="Red.\n\n:::{lab} player\n:model: gone\n:::\n", questions=[question])
    faulty = next(started()).get("/")
    assert faulty.status_code == 503
    for what in ("there is no model &#x27;gone&#x27;", "unknown model &#x27;gone&#x27;", "has no claims"):
        assert faulty.text.count(what) == 1


def test_what_is_no_page_is_passed_on_as_it_is(course: Course) -> None:
    course.lesson()
    client = next(started())
    assert client.get("/lessons/colours/files/dot.png").content.startswith(b"\x89PNG")
    assert client.head("/lessons/colours").status_code == 200
    assert client.get("/static/nothing.css").status_code == 404
    assert client.get("/api/lessons").json()


def test_a_card_s_fault_is_told_without_the_folder_that_it_lies_in(course: Course, tmp_path: Path) -> None:
    course.lesson(body="Red.\n")
    (tmp_path / "models" / "tiny").mkdir()
    (tmp_path / "models" / "tiny" / "card.md").write_text("no head")
    faulty = next(started()).get("/").text
    assert "models/tiny/card.md" in faulty
    assert str(tmp_path) not in faulty


@pytest.mark.parametrize("prefix", ["/noise", ""], ids=["passed on", "taken off"])
def test_below_a_path_pages_renew_themselves_too(
    course: Course, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setenv("ROOT_PATH", "/noise")
    course.lesson(body="Red.\n")
    client = next(started())
    page = client.get(f"{prefix}/lessons/colours")
    assert (page.status_code, page.text.count('src="/noise/reload.js"')) == (200, 1)
    assert "import.meta.url" in client.get(f"{prefix}{SCRIPT_PATH}").text
    mark = client.get(f"{prefix}/reload").text
    assert mark.partition("-")[2].isdigit()
