import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.course.catalogue import Catalogue
from app.course.lesson import Lesson
from app.course.quiz import Question
from app.learners.database import open_records
from app.learners.sessions import new_session
from app.settings import Settings
from app.web import answers
from app.web.errors import install_error_handlers
from app.web.limits import make_limits
from app.web.security import install_guards

SECRET = b"s" * 32
TEXTS = ("Red", "Green", "Blue", "Yellow")
ATTEMPT = "attempt-0123456789abcdef"
JSON = {"content-type": "application/json"}


def question(name, kind, right, marks=""):
    return Question.model_validate(
        {
            "id": name,
            "kind": kind,
            "level": "recall",
            "concepts": ["colour"],
            "stem": "Which *colour*?",
            "options": [
                {"text": text, "right": text in right, "feedback": f"Feedback on {text}.{marks}"}
                for text in TEXTS
            ],
            "steps": [f"First.{marks}", f"Second.{marks}"],
            "final_answer": f"It is {', '.join(right)}.{marks}",
            "quick_check": f"Look again.{marks}",
            "mistakes": [f"Not looking.{marks}"],
        }
    )


def catalogue(single_right="Red", several_right=("Red", "Blue"), marks=""):
    questions = (
        question("one", "single", [single_right], marks),
        question("some", "several", several_right, marks),
    )
    lesson = Lesson(
        slug="colours",
        number=1,
        folder=Path("01-colours"),
        title="Colours",
        unit="Seeing",
        minutes=5,
        summary="About colours.",
        hook="Which?",
        concepts=("colour",),
        toc=(),
        blocks=(),
        questions=questions,
        pictures={},
        text="",
    )
    return Catalogue((lesson,))


def app_for(records, course, **limits):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    app.include_router(answers.router)
    app.state.catalogue, app.state.records, app.state.secret = course, records, SECRET
    app.state.limits = make_limits(Settings(**limits))
    return app


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'records.sqlite3'}"


@pytest.fixture
def records(url):
    records = open_records(url, patience_s=0.3)
    yield records
    records.close()


@pytest.fixture
def app(records):
    return app_for(records, catalogue())


@pytest.fixture
def client(app):
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def rows(url):
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
    finally:
        connection.close()


def ids(*texts, name="one"):
    chosen = {option.text: option.id for option in catalogue().question(name).options}
    return [chosen[text] for text in texts]


def answer(client, options, attempt=ATTEMPT, name="one", **kwargs):
    body = {"options": options, "attempt": attempt}
    return client.post(f"/api/questions/{name}/answers", json=body, **kwargs)


def test_lessons_are_listed_with_their_questions(client):
    expected = {"slug": "colours", "title": "Colours", "unit": "Seeing", "questions": ["one", "some"]}
    assert client.get("/api/lessons").json() == [expected]


def test_a_question_is_stem_and_options_and_nothing_else(client):
    asked = client.get("/api/questions/one").json()
    assert set(asked) == {"id", "stem", "options"}
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


def test_an_answer_is_graded_explained_and_recorded(client, url):
    right = answer(client, ids("Red"), "first")
    wrong = answer(client, ids("Green"), "second")
    assert right.status_code == wrong.status_code == 200
    assert right.json() == {
        "verdict": "right",
        "feedback": "Feedback on Red.",
        "steps": ["First.", "Second."],
        "final_answer": "It is Red.",
        "quick_check": "Look again.",
        "mistakes": ["Not looking."],
    }
    assert (wrong.json()["verdict"], wrong.json()["feedback"]) == ("wrong", "Feedback on Green.")
    assert rows(url) == 2


def test_a_question_of_several_wants_all_of_them_in_any_order(client):
    assert answer(client, ids("Blue", "Red", name="some"), "1", "some").json()["verdict"] == "right"
    assert answer(client, ids("Red", name="some"), "2", "some").json()["verdict"] == "wrong"


def test_the_first_answer_brings_a_cookie_and_the_next_keeps_it(client):
    first, second = answer(client, ids("Red"), "1"), answer(client, ids("Red"), "2")
    assert "fromnoise=" in first.headers["set-cookie"]
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
    app.state.catalogue = catalogue("Blue")
    assert answer(client, ids("Red")).json()["verdict"] == "right"
    assert answer(client, ids("Red"), "another-attempt").json()["verdict"] == "wrong"


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
    assert len({(reply.content, reply.headers.get("set-cookie")) for reply in replies}) == 1
    assert rows(url) == 1


def test_without_a_cookie_and_with_a_short_token_each_submission_is_a_new_learner(app, url):
    for _ in range(3):
        assert answer(TestClient(app, base_url="http://localhost"), ids("Red"), "1").status_code == 200
    assert rows(url) == 3


@pytest.mark.parametrize("forged", ["forged", "", "0" * 32 + "." + "0" * 64, new_session(b"x").cookie])
def test_an_answer_with_a_forged_cookie_is_refused_and_not_recorded(client, url, forged):
    refused = answer(client, ids("Red"), headers={"cookie": f"fromnoise={forged}"})
    assert refused.status_code == 400
    assert "Max-Age=0" in refused.headers["set-cookie"]
    assert rows(url) == 0


@pytest.mark.parametrize(
    "body",
    [
        {"options": ["no such option"], "attempt": ATTEMPT},
        {"options": ids("Red", "Red"), "attempt": ATTEMPT},
        {"options": ids("Red", "Green"), "attempt": ATTEMPT},
        {"options": [], "attempt": ATTEMPT},
        {"options": ids("Red") * 11, "attempt": ATTEMPT},
        {"options": ids("Red")[0], "attempt": ATTEMPT},
        {"options": [None], "attempt": ATTEMPT},
        {"options": [True], "attempt": ATTEMPT},
        {"options": [1], "attempt": ATTEMPT},
        {"options": None, "attempt": ATTEMPT},
        {"options": {"0": ids("Red")[0]}, "attempt": ATTEMPT},
        {"options": ["\u0000"], "attempt": ATTEMPT},
        {"options": ids("Red")},
        {"attempt": ATTEMPT},
        {"options": ids("Red"), "attempt": ""},
        {"options": ids("Red"), "attempt": "a" * 129},
        {"options": ids("Red"), "attempt": "a b"},
        {"options": ids("Red"), "attempt": "a\n"},
        {"options": ids("Red"), "attempt": "\u202e"},
        {"options": ids("Red"), "attempt": None},
        {"options": ids("Red"), "attempt": 1},
        {"options": ids("Red"), "attempt": True},
        {"options": ids("Red"), "attempt": ATTEMPT, "verdict": "right"},
        [],
        None,
        "text",
    ],
)
def test_a_body_that_is_not_an_answer_is_refused_and_not_recorded(client, url, body):
    refused = client.post("/api/questions/one/answers", json=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["message"]
    assert rows(url) == 0


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"9223372036854775808", b'"\\ud800"']
)
def test_numbers_and_letters_that_json_does_not_have_are_refused(client, url, number):
    for body in (
        b'{"options":[%s],"attempt":"a"}',
        b'{"options":["a"],"attempt":%s}',
        b'{"options":%s}',
        b"%s",
    ):
        content = body % number
        refused = client.post("/api/questions/one/answers", content=content, headers=JSON)
        assert refused.status_code == 422
        json.loads(refused.content.decode())
    assert rows(url) == 0


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


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from([*ids(*TEXTS), ATTEMPT]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"options": json_values, "attempt": json_values}).map(
        lambda value: json.dumps(value).encode()
    )
    | st.fixed_dictionaries(
        {
            "options": st.lists(st.sampled_from(ids(*TEXTS)), max_size=3),
            "attempt": st.text(max_size=20) | st.from_regex("[a-z.:-]{1,20}", fullmatch=True),
        }
    ).map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies, name=st.sampled_from(["one", "some", "none"]))
def test_whatever_is_sent_breaks_nothing_and_is_recorded_only_when_acknowledged(client, url, body, name):
    client.cookies.clear()
    before = rows(url)
    reply = client.post(f"/api/questions/{name}/answers", content=body, headers=JSON)
    assert reply.status_code in (200, 400, 404, 409, 422)
    recorded = rows(url) - before
    assert recorded in ((0, 1) if reply.status_code == 200 else (0,))
    json.loads(reply.content.decode())
