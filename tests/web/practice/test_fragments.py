"""Questions within a lesson: the page is the same for everyone, and each question comes as a fragment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.main import create_app
from app.questions.catalogue import read_course
from app.settings import Settings
from tests.web.cookies import learner_cookie
from tests.web.small_course import COURSE, LESSON

HTMX = {"hx-request": "true"}
PRACTICE = "/lessons/colours/practice"
ASKED = """
:::{question} one
:::

Between.

:::{question} some
:::
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """The folder of a lesson that asks two of its three questions in its text."""
    lesson = tmp_path / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON + ASKED)
    (lesson / "quiz.toml").write_text("".join(COURSE))
    return lesson


@pytest.fixture
def client(lesson: Path, tmp_path: Path):
    settings = Settings(
        lessons=lesson.parent, models=tmp_path, database_url=f"sqlite:///{tmp_path / 'records.sqlite3'}"
    )
    with TestClient(
        create_app(settings), base_url="http://localhost", headers={"accept": "text/html"}
    ) as client:
        yield client


def asked(client: TestClient, name: str) -> str:
    reply = client.get(f"/fragments/questions/{name}", headers=HTMX)
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    return reply.text


def send(client: TestClient, fragment: str, name: str, *texts: str):
    """Answer as the fragment's form does with a script."""
    [address] = re.findall(r'hx-post="([^"]+)"[^>]* data-answer', fragment)
    [attempt] = re.findall(r'name="attempt" value="([^"]+)"', fragment)
    data = {"option": [opaque_id(name, text) for text in texts], "attempt": attempt}
    return client.post(address, data=data, headers=HTMX)


def order(page: str) -> list[str]:
    return re.findall(r'name="option" value="([^"]+)"', page)


def problems(lesson: Path) -> list[str]:
    return [str(problem) for problem in read_course(lesson.parent)[1]]


def test_the_lesson_holds_a_link_to_each_question_and_nothing_of_it(client: TestClient) -> None:
    page = client.get("/lessons/colours").text
    assert re.findall(r'<a href="([^"]+)">Answer it on the practice page', page) == [
        f"{PRACTICE}?q=one",
        f"{PRACTICE}?q=some",
    ]
    assert re.findall(r'hx-get="/fragments/questions/(\w+)"', page) == ["one", "some"]
    assert page.count("Practice question</p>") == 2
    for hidden in ("CANARY", "Which <em>colour</em>", *(opaque_id("one", text) for text in ("Red", "Green"))):
        assert hidden not in page


def test_the_lesson_is_the_same_bytes_for_one_who_has_answered(client: TestClient) -> None:
    before = client.get("/lessons/colours").content
    send(client, asked(client, "one"), "one", "Red")
    assert client.get("/lessons/colours").content == before


def test_a_lesson_loads_what_its_questions_need_and_one_without_them_does_not(
    client: TestClient, lesson: Path, tmp_path: Path
) -> None:
    needed = (
        "practice/question.css",
        "questions/choice/question.css",
        "practice/practice.js",
        "choice/question.js",
    )
    assert all(name in client.get("/lessons/colours").text for name in needed)
    (lesson / "lesson.md").write_text(LESSON)
    settings = Settings(
        lessons=lesson.parent, models=tmp_path, database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}"
    )
    with TestClient(create_app(settings), base_url="http://localhost") as other:
        page = other.get("/lessons/colours").text
    assert not any(name in page for name in needed)


def test_reading_brings_no_cookie_and_the_first_answer_does(client: TestClient) -> None:
    fragment = asked(client, "one")
    assert learner_cookie(client.cookies) == ""
    reply = send(client, fragment, "one", "Green")
    assert learner_cookie(client.cookies)
    assert "One try is left" in reply.text
    assert "CANARY one feedback on Green" in reply.text
    assert reply.text.count("CANARY") == 1


def test_the_options_keep_their_order_on_the_page_that_was_read_without_a_cookie(client: TestClient) -> None:
    fragment = asked(client, "one")
    first = send(client, fragment, "one", "Green").text
    assert order(first) == order(fragment)
    told = send(client, first, "one", "Red").text
    texts = re.findall(r'class="option-text">(\w+)', told)
    assert [opaque_id("one", text) for text in texts] == order(fragment)


def test_a_fragment_is_the_question_alone_and_is_answered_within_its_page(client: TestClient) -> None:
    fragment = asked(client, "some")
    assert fragment.lstrip().startswith('<section class="asked" id="question-some"')
    assert "<html" not in fragment
    assert f'action="{PRACTICE}?q=some"' in fragment, "where it is answered if the script fails"
    told = send(client, fragment, "some", "Red", "Blue").text
    assert "CANARY some final" in told
    assert "hx-swap-oob" not in told
    assert "data-next" not in told
    [again] = re.findall(r'hx-get="(/fragments/[^"]+again[^"]+)"', told)
    assert again == "/fragments/questions/some?again=1"
    anew = client.get(again, headers=HTMX).text
    assert "CANARY" not in anew
    assert "CANARY some final" in asked(client, "some"), "without that choice it keeps its solution"


def test_giving_up_within_the_page_shows_the_solution(client: TestClient) -> None:
    [address] = re.findall(r'hx-post="(/fragments/questions/one/solution[^"]*)"', asked(client, "one"))
    told = client.post(address, headers=HTMX)
    assert "The solution." in told.text
    assert "CANARY one final" in told.text
    assert learner_cookie(client.cookies)
    assert "1 solution seen" in client.get(f"{PRACTICE}/summary").text


def test_sending_nothing_asks_again_within_the_page(client: TestClient) -> None:
    refused = send(client, asked(client, "one"), "one")
    assert refused.status_code == 422
    assert "Choose an option first." in refused.text
    assert "<html" not in refused.text
    assert "CANARY" not in refused.text


def test_a_fragment_opened_as_a_page_leads_to_the_practice(client: TestClient) -> None:
    reply = client.get("/fragments/questions/one", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{PRACTICE}?q=one")
    assert client.get("/fragments/questions/nothing", headers=HTMX).status_code == 404


def test_the_check_names_a_question_that_the_lesson_does_not_have(lesson: Path) -> None:
    (lesson / "lesson.md").write_text(LESSON + ":::{question} oen\n:::\n")
    line = LESSON.count("\n") + 1
    assert problems(lesson) == [
        f"01-colours/lesson.md:{line}: this lesson has no question 'oen'; there are one, two, some"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":::{question} one\n:::\n\n:::{question} one\n:::\n", "asked twice in this text"),
        (":::{question} one\nWhich colour?\n:::\n", "a question has no body"),
        (":::{question} one\n:seed: 1\n:::\n", "unknown option 'seed' of question; it takes none"),
        ("- In a list\n\n  :::{question} one\n  :::\n", "a question stands on its own"),
    ],
)
def test_a_question_that_is_asked_in_a_wrong_way_is_a_fault(lesson: Path, text: str, said: str) -> None:
    (lesson / "lesson.md").write_text(LESSON + text)
    [problem] = problems(lesson)
    assert said in problem


def test_a_fault_in_the_quiz_is_not_followed_by_one_for_each_place_that_asks_it(lesson: Path) -> None:
    quiz = lesson / "quiz.toml"
    quiz.write_text(quiz.read_text().replace('level = "recall"', 'level = "none"', 1))
    [problem] = problems(lesson)
    assert "quiz.toml" in problem
