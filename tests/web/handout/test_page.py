"""The personal page to print: the questions, and of the solutions only those that its learner has had."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from app.learners.sessions import new_session
from tests.web.practice.sitting_forms import PRACTICE, answer, give_up, order
from tests.web.services import change_services
from tests.web.small_course import COURSE, OPTIONS, Site, question

PRINT = "/lessons/colours/print"


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


def canaries(page: str) -> set[str]:
    """Name the questions of which something is told that only an answer reveals."""
    return set(re.findall(r"CANARY (\w+)", page))


def test_without_a_cookie_there_are_questions_and_how_to_come_by_solutions(client: TestClient) -> None:
    reply = client.get(PRINT)
    assert canaries(reply.text) == set()
    assert re.findall(r'<h3 id="question-(\w+)">Question (\d)', reply.text) == [
        ("one", "1"),
        ("two", "2"),
        ("some", "3"),
    ]
    assert "There are no solutions here yet" in reply.text
    assert f'href="{PRACTICE}"' in reply.text
    assert "set-cookie" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


def test_each_solution_comes_with_its_own_question_and_with_no_other(client: TestClient) -> None:
    answer(client, "one", "Green")
    assert canaries(client.get(PRINT).text) == set()
    give_up(client, "two")
    page = client.get(PRINT).text
    assert canaries(page) == {"two"}
    for part in ("step one", "step two", "final", "check", "mistake"):
        assert f"CANARY two {part}" in page
    assert "1 of 3" in page
    answer(client, "one", "Red")
    page = client.get(PRINT).text
    assert canaries(page) == {"one", "two"}
    assert "CANARY one feedback on Green" in page
    assert "CANARY one feedback on Blue" not in page
    assert re.findall(r'<h3>Question (\d) <span class="meta">([^<]+)<', page) == [
        ("1", "right at the second try"),
        ("2", "seen the solution"),
    ]


def test_what_one_learner_has_had_no_other_sees(site: Site) -> None:
    client = site()
    give_up(client, "one")
    assert canaries(client.get(PRINT).text) == {"one"}
    client.cookies.clear()
    assert canaries(client.get(PRINT).text) == set()


def test_while_a_question_is_tried_again_its_solution_is_left_out(client: TestClient) -> None:
    give_up(client, "one")
    again = f"{PRACTICE}?q=one&again=1"
    answer(client, "one", "Green", address=again)
    assert canaries(client.get(PRINT).text) == set()


def test_options_are_in_the_learner_s_order_under_the_letters_of_the_solution(client: TestClient) -> None:
    orders = [order(client.get(f"{PRACTICE}?q=one").text)]
    orders.append(order(client.get(PRINT).text)[: len(OPTIONS)])
    assert orders[0] == orders[1]
    give_up(client, "one")
    page = client.get(PRINT).text
    assert order(page)[: len(OPTIONS)] == orders[0]
    sheet, solutions = page.split('id="handout-solutions"')
    letters = [dict(letters_of(part)) for part in (sheet.split("Question 2")[0], solutions)]
    assert letters[0] == letters[1]


def letters_of(part: str) -> list[tuple[str, str]]:
    found = re.findall(r'aria-hidden="true">([A-E])</span>\s*<\w+ class="option-text">\s*(\w+)', part)
    return [(text, letter) for letter, text in found]


def test_nothing_on_it_depends_on_a_key_that_its_learner_has_not_had(site: Site) -> None:
    """Two courses that differ only in their keys: the same bytes without a cookie, with one, after a miss."""
    secret = b"s" * 32
    cookie = new_session(secret).cookie
    other = [
        question("one", ("Yellow",)),
        question("two", ("Red",)),
        question("some", ("Yellow",), "several"),
    ]
    seen = []
    for client in (site(*COURSE), site(*other)):
        change_services(client.app, secret=secret)
        pages = [client.get(PRINT).content]
        client.cookies.set("fromnoise", cookie)
        pages.append(client.get(PRINT).content)
        for name in ("one", "some"):
            assert "One try is left" in answer(client, name, "Green")
            pages.append(client.get(PRINT).content)
        seen.append(pages)
    assert seen[0] == seen[1]
    assert b"CANARY" not in b"".join(seen[0])
    give_up(client, "one")
    assert client.get(PRINT).content != seen[0][-1]
