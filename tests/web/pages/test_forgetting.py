"""Deleting a learner's answers: asked once more, with everything offered as a file first."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from tests.web.cookies import learner_cookie
from tests.web.small_course import Site


@pytest.fixture
def client(site: Site) -> TestClient:
    """A learner with a wrong answer, a right one, and a solution that was asked for."""
    client = site()
    client.get("/lessons/colours/practice")
    for text, attempt in (("Green", "first"), ("Red", "second")):
        body = {"options": [opaque_id("one", text)], "attempt": attempt}
        assert client.post("/api/questions/one/answers", json=body).status_code == 200
    client.post("/api/questions/two/solution")
    return client


def test_the_privacy_page_leads_to_a_question_before_anything_is_deleted(client: TestClient) -> None:
    privacy = client.get("/privacy").text
    assert 'href="/learner/forget">Delete my answers' in privacy
    assert 'action="/learner/forget"' not in privacy
    page = client.get("/learner/forget").text
    assert "2 answers" in page
    assert "how 2 questions went" in page
    assert page.index('href="/learner/answers.json"') < page.index('action="/learner/forget"')
    assert "Keep them" in page
    assert len(client.get("/learner/answers.json").json()["sittings"]) == 2, "nothing is deleted yet"


def test_the_file_has_every_sitting_with_its_answers(client: TestClient) -> None:
    reply = client.get("/learner/answers.json")
    assert reply.headers["content-disposition"] == 'attachment; filename="from-noise-answers.json"'
    assert reply.headers["cache-control"] == "no-store"
    one, two = reply.json()["sittings"]
    assert [(sitting["question"], sitting["ending"]) for sitting in (one, two)] == [
        ("one", "right"),
        ("two", "revealed"),
    ]
    assert [(given["verdict"], given["tries_left"]) for given in one["answers"]] == [
        ("wrong", 1),
        ("right", 0),
    ]
    assert one["answers"][0]["texts"] == [{"id": opaque_id("one", "Green"), "text": "Green"}]
    assert one["begun_at"] == one["answers"][0]["at"]
    assert two["answers"] == []


def test_the_file_tells_no_key_while_a_try_is_left(site: Site) -> None:
    client = site()
    body = {"options": [opaque_id("one", "Green")], "attempt": "an-attempt-of-its-own"}
    client.post("/api/questions/one/answers", json=body)
    text = client.get("/learner/answers.json").text
    assert "CANARY" not in text
    assert opaque_id("one", "Red") not in text


def test_after_it_was_confirmed_nothing_is_left(client: TestClient) -> None:
    cookie = learner_cookie(client.cookies)
    assert "deleted" in client.post("/learner/forget").text
    client.cookies.set("fromnoise", cookie)
    assert client.get("/learner/answers.json").json()["sittings"] == []
    assert "No answers are kept" in client.get("/learner/forget").text


def test_who_never_answered_has_an_empty_file(site: Site) -> None:
    assert site().get("/learner/answers.json").json() == {
        "format": "fromnoise-answers",
        "version": 1,
        "sittings": [],
        "predictions": [],
    }
