"""Programs of a lesson are served where its texts link to them, and no others are."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.questions.catalogue import read_course
from app.settings import Settings
from tests.web.small_course import LESSON, question

FILES = "/lessons/colours/files/snippets"


@pytest.fixture
def client(tmp_path):
    lesson = tmp_path / "lessons" / "01-colours"
    (lesson / "snippets").mkdir(parents=True)
    (lesson / "snippets" / "shown.py").write_text('print("grün")\n', encoding="utf-8")
    (lesson / "snippets" / "key.py").write_text("print('the key')\n", encoding="utf-8")
    (lesson / "lesson.md").write_text(f"{LESSON}\nSee [it]({FILES}/shown.py).\n", encoding="utf-8")
    (lesson / "quiz.toml").write_text(question("one", ("Red",)), encoding="utf-8")
    assert read_course(tmp_path / "lessons")[1] == []
    settings = Settings(
        lessons=tmp_path / "lessons",
        models=tmp_path / "none",
        database_url=f"sqlite:///{tmp_path / 'records.sqlite3'}",
    )
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def test_a_program_that_is_linked_is_sent_as_text_and_asked_for_again(client):
    answer = client.get(f"{FILES}/shown.py")
    assert (answer.status_code, answer.text) == (200, 'print("grün")\n')
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["key.py", "../quiz.toml", "%2e%2e/quiz.toml", "../lesson.md", "gone.py", ""]
)
def test_nothing_else_of_the_folder_is(client, name):
    assert client.get(f"{FILES}/{name}").status_code == 404
