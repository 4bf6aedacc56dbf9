"""A question that got another id, or other words: what was answered before still counts and can be read."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.questions.catalogue import load_catalogue
from tests.web.services import change_services
from tests.web.small_course import LESSON, Site, question

PRACTICE = "/lessons/colours/practice"
IDS = (
    'published = ["one", "two", "uno"]\n[renamed]\none = "uno"\n[dropped]\ntwo = "It asked for two things."\n'
)


def answer(client: TestClient, name: str, text: str, attempt: str) -> None:
    data = {"option": opaque_id(name, text), "attempt": attempt}
    assert client.post(f"{PRACTICE}?q={name}", data=data).status_code == 200


def edit(client: TestClient, *questions: str, ids: str = "") -> None:
    """Exchange the course's questions, as an author does between two starts of the server."""
    lessons: Path = client.app.state.services.settings.lessons  # type: ignore[attr-defined]
    (lessons / "01-colours" / "quiz.toml").write_text("".join(questions))
    (lessons / "01-colours" / "ids.toml").write_text(ids or "published = []\n")
    change_services(client.app, catalogue=load_catalogue(lessons))


def recorded(client: TestClient) -> list[tuple[str, object]]:
    url: str = client.app.state.services.settings.database_url  # type: ignore[attr-defined]
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        rows = connection.execute("SELECT question_id, shown_texts FROM attempts ORDER BY id").fetchall()
    finally:
        connection.close()
    return [(name, json.loads(texts)) for name, texts in rows]


@pytest.fixture
def renamed(site: Site) -> TestClient:
    """A learner who answered two questions, of which one was renamed since, and one dropped."""
    client = site(question("one", ("Red",)), question("two", ("Green",)))
    answer(client, "one", "Green", "attempt-one")
    answer(client, "one", "Blue", "attempt-more")
    answer(client, "two", "Green", "attempt-two")
    edit(client, question("uno", ("Red",)), question("drei", ("Red",)), ids=IDS)
    return client


def test_answers_under_the_former_id_count_for_the_question_of_today(renamed: TestClient) -> None:
    assert "0 of 2 right, 1 solution seen, 1 to go" in renamed.get("/fragments/progress/colours").text
    summary = renamed.get(f"{PRACTICE}/summary").text
    assert "1 of 2 answered" in summary
    answer(renamed, "uno", "Red", "attempt-uno")
    summary = renamed.get(f"{PRACTICE}/summary").text
    assert "1 right at once (1 of them in a later round)" in summary
    assert "right at once in a later round" in summary


def test_what_is_asked_next_is_what_was_answered_under_no_id(renamed: TestClient) -> None:
    assert "Question 2" in renamed.get(PRACTICE).text


def test_links_to_the_former_id_lead_to_the_question(renamed: TestClient) -> None:
    page = renamed.get(f"{PRACTICE}?q=one")
    assert page.status_code == 200
    assert 'id="question-uno"' in page.text
    assert renamed.get("/api/questions/one").json()["id"] == "uno"


def test_a_question_that_moved_is_asked_by_its_former_id_in_its_new_lesson_alone(renamed: TestClient) -> None:
    lessons: Path = renamed.app.state.services.settings.lessons  # type: ignore[attr-defined]
    (lessons / "02-light").mkdir()
    (lessons / "02-light" / "lesson.md").write_text(LESSON)
    (lessons / "02-light" / "quiz.toml").write_text(question("three", ("Red",)))
    edit(renamed, question("uno", ("Red",)), ids='published = ["drei"]\n[renamed]\ndrei = "three"\n')
    assert 'id="question-three"' in renamed.get("/lessons/light/practice?q=drei").text
    assert renamed.get(f"{PRACTICE}?q=drei").status_code == 404
    assert renamed.get(f"{PRACTICE}?q=three").status_code == 404


def test_a_dropped_question_is_not_found_and_counts_for_nothing(renamed: TestClient) -> None:
    assert renamed.get(f"{PRACTICE}?q=two").status_code == 404
    assert renamed.get("/api/questions/two").status_code == 404
    assert re.search(r"of 2 right", renamed.get("/fragments/progress/colours").text)


def test_the_texts_of_an_answer_are_kept_when_the_option_is_reworded(site: Site) -> None:
    client = site(question("one", ("Red",)))
    answer(client, "one", "Green", "attempt-one")
    edit(client, question("one", ("Red",)).replace('"Green"', '"A green"'))
    answer(client, "one", "A green", "attempt-two")
    assert recorded(client) == [
        ("one", [{"id": opaque_id("one", "Green"), "text": "Green"}]),
        ("one", [{"id": opaque_id("one", "A green"), "text": "A green"}]),
    ]


def test_the_texts_of_an_answer_over_the_api_are_kept_too(site: Site) -> None:
    client = site(question("some", ("Red", "Blue"), kind="several"))
    options = [opaque_id("some", "Blue"), opaque_id("some", "Red")]
    body = {"options": options, "attempt": "an-attempt-of-its-own"}
    assert client.post("/api/questions/some/answers", json=body).status_code == 200
    [(_, texts)] = recorded(client)
    assert texts == [{"id": options[1], "text": "Red"}, {"id": options[0], "text": "Blue"}]
