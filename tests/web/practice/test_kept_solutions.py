"""What stays of an answered question: its solution, another round, the summary and the row of dots."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from tests.web.practice.sitting_forms import PRACTICE, answer, attempt, dots, give_up, order, texts
from tests.web.small_course import Site


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


@pytest.mark.parametrize("given", [("Red",), ("Green", "Red"), ("Green", "Blue"), ("Green", None), (None,)])
def test_an_answered_question_keeps_its_solution_with_what_was_answered(
    client: TestClient, given: tuple[str | None, ...]
) -> None:
    for text in given:
        told = answer(client, "one", text) if text else give_up(client, "one")
    for address in (f"{PRACTICE}?q=one", f"{PRACTICE}?q=one&again=0"):  # a reload, the dot, the summary; back
        page = client.get(address).text
        assert "CANARY one final" in page
        assert texts(page) == texts(told)
        assert re.findall(r'class="mark">(?:<svg.*?</svg>)? ([^<]+)<', page) == re.findall(
            r'class="mark">(?:<svg.*?</svg>)? ([^<]+)<', told
        )
        assert re.findall(r'class="verdict.*', page) == re.findall(r'class="verdict.*', told)
    summary = client.get(f"{PRACTICE}/summary").text
    assert f'href="{PRACTICE}?q=one"' in summary


def test_trying_again_is_a_choice_and_comes_in_another_order(client: TestClient) -> None:
    seen = [order(client.get(f"{PRACTICE}?q=one").text)]
    told = answer(client, "one", "Red")
    for rounds in (1, 2, 3):
        [again] = re.findall(r'href="([^"]+)">Try it again', told)
        address = again.replace("&amp;", "&")
        assert address == f"{PRACTICE}?q=one&again={rounds}"
        asked = client.get(address).text
        assert "CANARY" not in asked
        seen.append(order(asked))
        told = answer(client, "one", "Red", address=address)
        assert "CANARY one final" in client.get(address).text, (
            "a reload of the answered page shows the solution"
        )
    assert all(before != after for before, after in pairwise(seen))
    assert all(sorted(one) == sorted(seen[0]) for one in seen)


def test_a_copied_answer_is_not_clear_and_the_summary_offers_what_was_not_right_at_once(
    client: TestClient,
) -> None:
    answer(client, "one", "Red")
    answer(client, "two", "Blue")
    answer(client, "two", "Green")
    give_up(client, "some")
    summary = client.get(f"{PRACTICE}/summary").text
    assert "2 of 3 are clear" in summary
    assert "1 right at once, 1 right at the second try, 1 solution seen." in summary
    states = re.findall(r'class="row-state">([^<]+)<', summary)
    assert states == ["right at once", "right at the second try", "seen the solution"]
    [missed] = re.findall(r'href="([^"]+missed[^"]+)"', summary)
    assert missed.replace("&amp;", "&") == f"{PRACTICE}?q=two&missed=1&again=1"
    page = client.get(missed.replace("&amp;", "&")).text
    assert "Once more: question" in page
    assert "CANARY" not in page
    data = {"option": opaque_id("two", "Green"), "attempt": attempt(page)}
    page = client.post(f"{PRACTICE}?q=two&missed=1", data=data).text
    assert f'href="{PRACTICE}?q=some&amp;missed=1&amp;again=1" data-next' in page
    page = client.get(f"{PRACTICE}?q=some&missed=1&again=1").text
    both = {"option": [opaque_id("some", "Red"), opaque_id("some", "Blue")], "attempt": [attempt(page)]}
    page = client.post(f"{PRACTICE}?q=some&missed=1", data=both).text
    assert f'href="{PRACTICE}/summary" data-next' in page
    summary = client.get(f"{PRACTICE}/summary").text
    assert "All of it is clear" in summary
    assert "3 right at once (2 of them in a later round)." in summary
    assert "missed=1" not in summary


def test_the_row_of_questions_says_in_words_how_they_stand(client: TestClient) -> None:
    answer(client, "one", "Red")
    page = give_up(client, "two")
    assert dots(page) == ["right at once", "seen the solution", "not answered"]
    counts = re.findall(r'aria-hidden="true"></span> ([^<]+)</li>', page)
    assert counts == ["1 right at once", "1 solution seen", "1 not answered"]
