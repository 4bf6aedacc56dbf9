"""A sitting on the practice page: a wrong answer, another try, the solution, and what is kept of all that."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.learners.sessions import new_session
from app.learners.sittings import SITTING_LASTS
from app.questions.catalogue import load_catalogue
from tests.web.practice.sitting_forms import HTMX, PRACTICE, answer, attempt, dots, give_up, order, texts
from tests.web.services import change_services
from tests.web.small_course import COURSE, OPTIONS, Site, question


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


def test_a_first_wrong_answer_gets_the_feedback_of_its_option_and_a_retry_without_it(
    client: TestClient,
) -> None:
    page = answer(client, "one", "Green")
    assert "Not right." in page
    assert page.count("CANARY") == 1
    assert "CANARY one feedback on Green" in page
    assert "One try is left" in page
    [disabled] = re.findall(r'value="([^"]+)" disabled', page)
    assert disabled == opaque_id("one", "Green")
    assert "<s>Green</s>" in page
    assert page.count("<s>") == 1
    assert "data-next" not in page
    assert dots(page)[0] == "not right yet"


def test_the_solution_comes_with_a_right_second_try(client: TestClient) -> None:
    answer(client, "one", "Green")
    page = answer(client, "one", "Red")
    assert "Right, at the second try." in page
    assert "Your first try, not right" in page
    assert "Your second try, and right" in page
    assert "CANARY one final" in page
    assert dots(page)[0] == "right at the second try"


def test_the_solution_comes_after_the_second_wrong_try(client: TestClient) -> None:
    answer(client, "one", "Green")
    page = answer(client, "one", "Blue")
    assert "Not right." in page
    for told in ("feedback on Green", "feedback on Blue", "final", "step two", "mistake"):
        assert f"CANARY one {told}" in page
    assert "feedback on Red" not in page, "the feedback of what was not chosen"
    assert "The right answer" in page
    assert dots(page)[0] == "seen the solution"


@pytest.mark.parametrize("before", [(), ("Green",)], ids=["at once", "after a wrong answer"])
def test_who_asks_for_the_solution_is_shown_it_and_counts_as_having_seen_it(
    client: TestClient, before: tuple[str, ...]
) -> None:
    asked = client.get(f"{PRACTICE}?q=one").text
    assert f'action="{PRACTICE}/solution?q=one"' in asked
    assert "Show me the solution" in asked
    for text in before:
        assert "Show me the solution" in answer(client, "one", text)
    page = give_up(client, "one")
    assert "The solution." in page
    assert "CANARY one final" in page
    assert "data-next" in page
    assert dots(page)[0] == "seen the solution"
    assert "1 solution seen" in client.get(f"{PRACTICE}/summary").text


def test_the_address_of_giving_up_leads_back_to_the_question(client: TestClient) -> None:
    reply = client.get(f"{PRACTICE}/solution?q=one", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{PRACTICE}?q=one")


def test_a_wrong_answer_of_several_says_how_many_are_found_and_keeps_the_boxes_ticked(
    client: TestClient,
) -> None:
    page = answer(client, "some", "Red", "Green")
    assert "One of two found. One of those you chose is not right." in page
    assert "CANARY" not in page
    assert "<s>" not in page
    assert "disabled" not in page
    ticked = set(re.findall(r'value="([^"]+)" checked', page))
    assert ticked == {opaque_id("some", "Red"), opaque_id("some", "Green")}


def test_a_question_of_two_options_has_one_try(site: Site) -> None:
    two = question("one", ("Red",)).replace('[[question.options]]\ntext = "Blue"', "CUT").split("CUT")[0]
    page = answer(site(two), "one", "Green")
    assert "Not right." in page
    assert "CANARY one final" in page


def test_nothing_on_a_page_while_a_try_is_left_depends_on_the_key(site: Site) -> None:
    """Two courses that differ in which other options are right; in both, one right of two is found."""
    other = [
        question("one", ("Yellow",)),
        question("two", ("Red",)),
        question("some", ("Red", "Yellow"), "several"),
    ]
    cookie = {"cookie": f"fromnoise={new_session(b's' * 32).cookie}"}
    seen = []
    for client in (site(*COURSE), site(*other)):
        change_services(client.app, secret=b"s" * 32)
        pages = [
            answer(client, "one", "Green", headers=cookie),
            answer(client, "some", "Red", headers=cookie),
        ]
        pages += [answer(client, "two", "Blue", headers=cookie | HTMX)]
        for path in (f"{PRACTICE}?q=one", f"{PRACTICE}?q=some", f"{PRACTICE}/summary", "/fragments/progress"):
            pages.append(client.get(path, headers=cookie).text)
        pages.append(client.get("/fragments/questions/one", headers=cookie | HTMX).text)
        seen.append([re.sub(r'name="attempt" value="[^"]+"', "", page) for page in pages])
    assert seen[0] == seen[1]


def test_while_a_try_is_left_a_reload_shows_what_was_wrong_and_the_order_stays(client: TestClient) -> None:
    before = client.get(f"{PRACTICE}?q=one").text
    after = answer(client, "one", "Green")
    reloaded = client.get(f"{PRACTICE}?q=one").text
    assert order(before) == order(after) == order(reloaded)
    assert "CANARY one feedback on Green" in reloaded
    assert "One try is left" in reloaded
    assert "autofocus" in after
    assert "autofocus" not in reloaded


def test_twelve_hours_after_its_first_answer_a_sitting_is_over_and_told_nothing(client: TestClient) -> None:
    answer(client, "one", "Green")
    url: str = client.app.state.services.settings.database_url  # type: ignore[attr-defined]
    then = datetime.now(UTC) - SITTING_LASTS - timedelta(minutes=1)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    with connection:
        connection.execute("UPDATE sittings SET begun_at = ?", (then.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    connection.close()
    page = client.get(f"{PRACTICE}?q=one").text
    assert "CANARY" not in page
    assert "<s>" not in page
    assert dots(page)[0] == "not right yet"
    assert "One try is left" in answer(client, "one", "Blue")


def test_lesson_practice_and_api_share_a_sitting(client: TestClient) -> None:
    body = {"options": [opaque_id("one", "Green")], "attempt": "an-attempt-of-its-own"}
    client.get(PRACTICE)
    assert client.post("/api/questions/one/answers", json=body).json()["tries_left"] == 1
    assert "One try is left" in client.get(f"{PRACTICE}?q=one").text
    fragment = client.get("/fragments/questions/one", headers=HTMX).text
    assert "One try is left" in fragment
    data = {"option": opaque_id("one", "Blue"), "attempt": attempt(fragment)}
    assert "CANARY one final" in client.post("/fragments/questions/one", data=data, headers=HTMX).text
    assert "CANARY one final" in client.get(f"{PRACTICE}?q=one").text


def test_sending_nothing_while_a_try_is_left_asks_again(client: TestClient) -> None:
    answer(client, "one", "Green")
    page = client.get(f"{PRACTICE}?q=one").text
    refused = client.post(f"{PRACTICE}?q=one", data={"attempt": attempt(page)})
    assert refused.status_code == 422
    assert "Choose an option first." in refused.text
    assert "One try is left" in refused.text


def test_sending_nothing_when_trying_again_asks_again_and_shows_no_key(client: TestClient) -> None:
    answer(client, "one", "Red")
    page = client.get(f"{PRACTICE}?q=one&again=1").text
    refused = client.post(f"{PRACTICE}?q=one", data={"attempt": attempt(page)})
    assert refused.status_code == 422
    assert order(refused.text) == order(page)
    assert "CANARY" not in refused.text


def test_an_answer_to_an_earlier_wording_is_shown_as_it_was(site: Site) -> None:
    client = site()
    answer(client, "one", "Red")
    lessons = client.app.state.services.settings.lessons  # type: ignore[attr-defined]
    quiz = lessons / "01-colours" / "quiz.toml"
    quiz.write_text(quiz.read_text().replace('text = "Red"', 'text = "Crimson"'))
    change_services(client.app, catalogue=load_catalogue(lessons))
    page = client.get(f"{PRACTICE}?q=one").text
    assert "to an earlier wording of this question: Red" in page
    assert "CANARY one final" in page


def test_the_options_are_all_there_in_every_state(client: TestClient) -> None:
    for page in (
        client.get(f"{PRACTICE}?q=one").text,
        answer(client, "one", "Green"),
        give_up(client, "one"),
    ):
        assert sorted(texts(page)) == sorted(OPTIONS)
