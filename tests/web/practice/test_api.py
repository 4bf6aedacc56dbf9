"""Answers: graded and explained, recorded once for each token, and refused where they cannot be."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from app.learners.sessions import new_attempt, new_session, read_session
from tests.web.answering import ATTEMPT, answer, app_for, catalogue, ids, rows
from tests.web.cookies import learner_cookie
from tests.web.services import SECRET, change_services

pytest_plugins = ("tests.web.answer_fixtures",)

SOLUTION = {
    "steps": ["First.", "Second."],
    "final_answer": "It is Red.",
    "quick_check": "Look again.",
    "mistakes": ["Not looking."],
}


def test_an_answer_is_graded_explained_and_recorded(client, url):
    right = answer(client, ids("Red"), "first")
    assert right.status_code == 200
    assert right.json() == {
        "verdict": "right",
        "feedback": "Feedback on Red.",
        "tries_left": 0,
        **SOLUTION,
    }
    assert rows(url) == 1


def test_a_first_wrong_answer_gets_its_feedback_and_another_try_and_the_second_the_solution(client, url):
    first = answer(client, ids("Green"), "first")
    assert first.json() == {"verdict": "wrong", "feedback": "Feedback on Green.", "tries_left": 1}
    second = answer(client, ids("Blue"), "second")
    assert second.json() == {
        "verdict": "wrong",
        "feedback": "Feedback on Blue.",
        "tries_left": 0,
        **SOLUTION,
    }
    assert answer(client, ids("Green"), "third").json()["tries_left"] == 1, "another sitting"
    assert rows(url) == 3


def test_right_at_the_second_try_brings_the_solution(client):
    answer(client, ids("Green"), "first")
    second = answer(client, ids("Red"), "second").json()
    assert (second["verdict"], second["tries_left"]) == ("right", 0)
    assert second.items() >= SOLUTION.items()


@pytest.mark.parametrize("body", [None, {}, {"attempt": "a-token-of-its-own"}])
def test_giving_up_brings_the_solution_and_a_cookie_and_is_recorded_once(client, url, body):
    first = client.post("/api/questions/one/solution", json=body)
    assert (first.status_code, first.json()) == (200, SOLUTION)
    assert learner_cookie(first.cookies)
    again = client.post("/api/questions/one/solution", json=body)
    assert again.json() == SOLUTION
    assert "set-cookie" not in again.headers
    assert rows(url, "sittings") == 1
    assert rows(url) == 0


def test_giving_up_after_a_wrong_answer_ends_the_sitting(client, url):
    answer(client, ids("Green"), "first")
    assert client.post("/api/questions/one/solution").json() == SOLUTION
    assert answer(client, ids("Green"), "second").json()["tries_left"] == 1, "another sitting"
    assert rows(url, "sittings") == 2


def test_giving_up_is_refused_with_anything_else_in_it(client, url):
    refused = client.post("/api/questions/one/solution", json={"options": ids("Red")})
    assert refused.status_code == 422
    assert client.post("/api/questions/nothing/solution").status_code == 404
    assert rows(url, "sittings") == 0


def test_after_the_solution_the_options_come_in_another_order(client):
    client.cookies.set("fromnoise", new_session(SECRET).cookie)
    orders = [client.get("/api/questions/one").json()["options"]]
    answer(client, ids("Green"), "first")
    assert client.get("/api/questions/one").json()["options"] == orders[0], "while a try is left it stays"
    for attempt in ("second", "third", "fourth"):
        client.post("/api/questions/one/solution")
        orders.append(client.get("/api/questions/one").json()["options"])
        answer(client, ids("Green"), attempt)
        assert client.get("/api/questions/one").json()["options"] == orders[-1]
    assert all(before != after for before, after in pairwise(orders))


def test_a_question_of_two_options_has_one_try(records):
    course = catalogue(two=True)
    client = TestClient(app_for(records, course), base_url="http://localhost")
    [wrong] = [option.id for option in course.question("two").options if not option.right]
    reply = answer(client, [wrong], name="two").json()
    assert (reply["verdict"], reply["tries_left"]) == ("wrong", 0)
    assert "final_answer" in reply


@pytest.mark.parametrize(
    ("texts", "feedback"),
    [
        (["Red"], "One of two found."),
        (["Red", "Green"], "One of two found. One of those you chose is not right."),
        (["Green", "Yellow"], "None of two found. Two of those you chose are not right."),
        (["Red", "Blue", "Green"], "Two of two found. One of those you chose is not right."),
    ],
)
def test_a_wrong_answer_of_several_says_how_many_are_found_and_the_last_one_which(client, texts, feedback):
    first = answer(client, ids(*texts, name="some"), "first", "some").json()
    assert first == {"verdict": "wrong", "feedback": feedback, "tries_left": 1}
    second = answer(client, ids("Red", "Green", name="some"), "second", "some").json()
    assert second["feedback"] == "Feedback on Red.\n\nFeedback on Green."


def test_a_question_of_several_wants_all_of_them_in_any_order(client):
    assert answer(client, ids("Blue", "Red", name="some"), "1", "some").json()["verdict"] == "right"
    assert answer(client, ids("Red", name="some"), "2", "some").json()["verdict"] == "wrong"


def test_a_first_wrong_answer_sent_again_says_the_same_even_after_the_solution(client, url):
    first = answer(client, ids("Green"), "first")
    answer(client, ids("Red"), "second")
    assert answer(client, ids("Green"), "first").content == first.content
    assert rows(url) == 2


def test_the_first_answer_brings_a_cookie_and_the_next_keeps_it(client):
    first, second = answer(client, ids("Red"), "1"), answer(client, ids("Red"), "2")
    assert learner_cookie(first.cookies)
    assert "set-cookie" not in second.headers


def test_the_same_submission_again_gets_the_same_reply_and_records_nothing(client, url):
    first = answer(client, ids("Red", "Blue", name="some"), name="some")
    again = answer(client, ids("Blue", "Red", name="some"), name="some")
    assert again.status_code == 200
    assert again.content == first.content
    assert rows(url) == 1


@pytest.mark.parametrize(("name", "options"), [("one", ["Green"]), ("some", ["Red"])])
def test_the_same_token_with_another_answer_is_a_conflict(client, url, name, options):
    answer(client, ids("Red"))
    refused = answer(client, ids(*options, name=name), name=name)
    assert refused.status_code == 409
    assert "Red" not in refused.text
    assert rows(url) == 1


def test_a_verdict_that_was_given_stands_when_the_course_is_edited(client, app):
    assert answer(client, ids("Red")).json()["verdict"] == "right"
    change_services(app, catalogue=catalogue("Blue"))
    assert answer(client, ids("Red")).json()["verdict"] == "right"
    assert answer(client, ids("Red"), "another-attempt").json()["verdict"] == "wrong"


@pytest.mark.slow
@pytest.mark.parametrize("with_cookie", [True, False])
def test_a_hundred_identical_submissions_at_once_are_one_answer(app, url, with_cookie):
    headers = {"cookie": f"fromnoise={new_session(SECRET).cookie}"} if with_cookie else {}
    with TestClient(app, base_url="http://localhost") as client, ThreadPoolExecutor(25) as pool:

        def submit(_):
            single = TestClient(app, base_url="http://localhost")  # one that keeps no cookie from the others
            single.portal = client.portal
            return answer(single, ids("Red"), headers=headers)

        replies = list(pool.map(submit, range(100)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    cookies = [reply.headers["set-cookie"] for reply in replies if "set-cookie" in reply.headers]
    assert len(cookies) == (0 if with_cookie else 1)
    assert rows(url) == 1


def test_who_sends_what_another_has_sent_gets_the_verdict_and_not_the_learner(app, url):
    first, other = (TestClient(app, base_url="http://localhost") for _ in range(2))
    for attempt in ("1234567890123456", "a" * 128, ATTEMPT):
        mine = answer(first, ids("Red"), attempt)
        first.cookies.clear()
        theirs = answer(other, ids("Red"), attempt)
        assert mine.json()["verdict"] == theirs.json()["verdict"]
        assert learner_cookie(mine.cookies)
        assert "set-cookie" not in theirs.headers


def test_with_a_token_of_ours_a_retry_without_a_cookie_is_the_same_learner(app, url):
    attempt = new_attempt(SECRET)
    clients = [TestClient(app, base_url="http://localhost") for _ in range(2)]
    cookies = {learner_cookie(answer(client, ids("Red"), attempt).cookies) for client in clients}
    assert len(cookies) == 1
    assert "" not in cookies
    assert rows(url) == 1


def test_without_a_cookie_and_with_a_short_token_each_submission_is_a_new_learner(app, url):
    for _ in range(3):
        assert answer(TestClient(app, base_url="http://localhost"), ids("Red"), "1").status_code == 200
    assert rows(url) == 3


@pytest.mark.parametrize(
    "forged",
    ["forged", "", "0" * 32 + "." + "0" * 64, new_session(b"x").cookie],
    ids=["nonsense", "empty", "zeros", "signed by another"],
)
def test_an_answer_with_a_forged_cookie_is_that_of_a_new_learner(client, url, forged):
    taken = answer(client, ids("Red"), headers={"cookie": f"fromnoise={forged}"})
    assert taken.status_code == 200
    assert read_session(SECRET, learner_cookie(taken.cookies))
    assert rows(url) == 1


def test_an_unknown_question_is_not_found(client, url):
    assert client.get("/api/questions/nothing").status_code == 404
    assert answer(client, ids("Red"), name="nothing").status_code == 404
    assert answer(client, ids("Red"), name="%00").status_code in (400, 404)
    assert rows(url) == 0


def test_a_locked_database_is_told_with_a_time_and_nothing_is_recorded(client, url):
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    refused = answer(client, ids("Red"))
    other.execute("ROLLBACK")
    other.close()
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "set-cookie" not in refused.headers
    assert "Red" not in refused.text
    assert rows(url) == 0
    assert answer(client, ids("Red")).status_code == 200


def test_too_many_answers_are_refused_but_repeats_of_a_recorded_one_are_not(records, url):
    client = TestClient(app_for(records, catalogue(), answers_per_minute=2), base_url="http://localhost")
    client.cookies.set("fromnoise", new_session(SECRET).cookie)
    for _ in range(5):
        assert answer(client, ids("Red"), "1").status_code == 200
    assert answer(client, ids("Red"), "2").status_code == 200
    refused = answer(client, ids("Red"), "3")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert rows(url) == 2
