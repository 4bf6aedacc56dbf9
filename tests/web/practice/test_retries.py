"""An answer that was recorded keeps its verdict: a retry gets it, whatever became of the question since."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.course.catalogue import Catalogue
from app.course.ids import RetiredIds
from app.learners.sessions import new_session
from tests.web.answering import ATTEMPT, answer, catalogue, ids, question, rows
from tests.web.cookies import learner_cookie
from tests.web.services import SECRET, change_services

pytest_plugins = ("tests.web.answer_fixtures",)
RED = ids("Red")


def edited(*texts, name="one", right=None):
    """Give a course in which the question has other options, or another id."""
    before = catalogue()
    (lesson,) = before.lessons
    new = question(name, "single", [right or texts[0]], texts=texts)
    changed = lesson.__class__(**{**vars(lesson), "questions": (new, lesson.questions[1])})
    renamed = {"one": name} if name != "one" else {}
    return Catalogue((changed,), before.outline, RetiredIds(renamed))


def without_the_question():
    before = catalogue()
    (lesson,) = before.lessons
    return Catalogue(
        (lesson.__class__(**{**vars(lesson), "questions": lesson.questions[1:]}),), before.outline
    )


CHANGES = {
    "the option's text was edited": edited("Reddish", "Green", "Blue", "Yellow"),
    "the option was removed": edited("Green", "Blue"),
    "all options are others": edited("One", "Two", "Three"),
    "another option is right now": edited("Red", "Green", "Blue", "Yellow", right="Green"),
    "the question was renamed": edited("Red", "Green", "Blue", "Yellow", name="uno"),
    "renamed and edited": edited("Rosso", "Green", name="uno"),
    "the question was removed": without_the_question(),
}


@pytest.mark.parametrize("with_cookie", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_the_stored_verdict_stands(app, client: TestClient, url, change, with_cookie):
    headers = {"cookie": f"fromnoise={new_session(SECRET).cookie}"} if with_cookie else {}
    first = answer(client, RED, headers=headers)
    assert first.json()["verdict"] == "right"
    client.cookies.clear()
    change_services(app, catalogue=CHANGES[change])
    again = answer(client, RED, headers=headers)
    assert again.status_code == 200
    assert (again.json()["verdict"], again.json()["tries_left"]) == ("right", 0)
    assert rows(url) == 1


@pytest.mark.parametrize("change", ["the option's text was edited", "the question was removed"])
def test_what_was_never_recorded_is_refused_as_ever(app, client: TestClient, url, change):
    change_services(app, catalogue=CHANGES[change])
    status = 404 if "removed" in change else 422
    assert answer(client, RED).status_code == status
    assert answer(client, RED, ATTEMPT[:-1] + "0").status_code == status
    assert rows(url) == 0


def test_a_token_that_was_used_for_another_answer_is_no_retry(app, client: TestClient):
    headers = {"cookie": f"fromnoise={new_session(SECRET).cookie}"}
    answer(client, ids("Green"), headers=headers)
    change_services(app, catalogue=CHANGES["the question was removed"])
    assert answer(client, RED, headers=headers).status_code == 404


def test_a_retry_of_what_was_edited_brings_nobody_the_first_ones_cookie(app, client: TestClient):
    assert learner_cookie(answer(client, RED).cookies)
    client.cookies.clear()
    change_services(app, catalogue=CHANGES["the option's text was edited"])
    again = answer(client, RED)
    assert again.json()["verdict"] == "right"
    assert "set-cookie" not in again.headers
