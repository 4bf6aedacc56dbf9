"""Questions as a learner gets them, before an answer: nothing in them tells which option is right."""

from __future__ import annotations

from starlette.testclient import TestClient

from app.learners.sessions import new_session
from app.questions.kind import Turn
from app.questions.registry import KINDS
from tests.web.answering import TEXTS, answer, app_for, catalogue, ids
from tests.web.services import SECRET

pytest_plugins = ("tests.web.answer_fixtures",)


def test_lessons_are_listed_with_their_questions(client):
    expected = {
        "slug": "colours",
        "number": 1,
        "title": "Colours",
        "unit": "Seeing",
        "unit_number": 1,
        "summary": "About colours.",
        "prerequisites": [],
        "questions": ["one", "some"],
    }
    assert client.get("/api/lessons").json() == [expected]


def test_a_question_is_kind_stem_and_options_and_nothing_else(client):
    asked = client.get("/api/questions/one").json()
    assert set(asked) == {"id", "kind", "stem", "options"}
    assert (asked["kind"], client.get("/api/questions/some").json()["kind"]) == ("single", "several")
    assert (asked["id"], asked["stem"]) == ("one", "Which *colour*?")
    assert [set(option) for option in asked["options"]] == [{"id", "text"}] * 4
    assert {option["text"]: option["id"] for option in asked["options"]} == dict(
        zip(TEXTS, ids(*TEXTS), strict=True)
    )


def test_the_order_of_the_options_is_the_learners_own_and_stays(app):
    orders = set()
    for _ in range(8):
        client = TestClient(app, base_url="http://localhost")
        client.cookies.set("fromnoise", new_session(SECRET).cookie)
        seen = [client.get("/api/questions/one").content for _ in range(2)]
        assert seen[0] == seen[1]
        orders.add(seen[0])
    assert len(orders) > 1


def test_nothing_sent_before_an_answer_depends_on_the_key(records):
    cookie = {"cookie": f"fromnoise={new_session(SECRET).cookie}"}
    seen = []
    for course in (
        catalogue("Red", ("Red", "Blue"), " canary-1"),
        catalogue("Blue", ("Green",), " canary-2"),
    ):
        client = TestClient(app_for(records, course), base_url="http://localhost")
        paths = ["/api/lessons", "/api/questions/one", "/api/questions/some"]
        replies = [client.get(path, headers=headers) for path in paths for headers in ({}, cookie)]
        wrong = [client.post("/api/questions/one/answers", json={}), answer(client, ["no such option"])]
        assert [reply.status_code for reply in (*replies, *wrong)] == [200] * 6 + [422] * 2
        seen.append([(reply.content, sorted(reply.headers.items())) for reply in (*replies, *wrong)])
    assert seen[0] == seen[1]
    assert "canary" not in str(seen)


def test_nothing_sent_while_a_try_is_left_depends_on_the_key(records):
    """The same wrong answers to two courses that differ in which of the other options is right."""
    seen = []
    for number, course in enumerate(
        (catalogue("Red", ("Red", "Blue")), catalogue("Blue", ("Yellow", "Blue")))
    ):
        client = TestClient(app_for(records, course), base_url="http://localhost")
        # The same order of options for both, and records of their own.
        session = new_session(SECRET)
        client.cookies.set("fromnoise", session.cookie)
        replies = [answer(client, ids("Green"), f"attempt-one-{number}")]
        replies += [answer(client, ids("Green", name="some"), f"attempt-some-{number}", "some")]
        seen.append([(reply.status_code, reply.content) for reply in replies])
        asked = [client.get(f"/api/questions/{name}").json() for name in ("one", "some")]
        fresh = [kind_of_asked(course, name, session.learner_key) for name in ("one", "some")]
        assert asked == fresh
    assert seen[0] == seen[1]


def kind_of_asked(course, name, learner_key):
    """A question as that learner was asked it before any answer."""
    question = course.question(name)
    offered = KINDS[question.kind].offered(question, Turn(learner_key))
    return {"id": name, "kind": question.kind, "stem": question.stem, **offered}
