"""A browser that keeps no cookies is told so once, and goes on: every answer is graded."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from tests.web.small_course import Site

PRACTICE = "/lessons/colours/practice"
TOLD = "so nothing is remembered from one page to the next"


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


def send(client: TestClient, address: str, text: str = "Red") -> str:
    """Send an answer from a page that was opened without a cookie, and keep none."""
    page = client.get(address).text
    client.cookies.clear()
    action = unescape(re.findall(r'<form method="post" action="([^"]+)"', page)[0])
    name = address.partition("q=")[2].partition("&")[0]
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    assert attempt
    told: str = client.post(action, data={"option": opaque_id(name, text), "attempt": attempt[1]}).text
    client.cookies.clear()
    return told


def onward(page: str) -> str:
    """Find where the page leads on."""
    found = re.search(r'href="([^"]+)" data-next', page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("text", ["Red", "Green"])
def test_at_the_first_answer_it_is_said_and_graded(client: TestClient, text: str) -> None:
    page = send(client, f"{PRACTICE}?q=one", text)
    assert ("Right." if text == "Red" else "Not right.") in page
    assert page.count(TOLD) == 1
    assert "go on without memory" in page


def test_from_then_on_it_is_not_said_again(client: TestClient) -> None:
    address = onward(send(client, f"{PRACTICE}?q=one"))
    assert address == f"{PRACTICE}?q=two&memory=none"
    assert TOLD not in client.get(address).text
    client.cookies.clear()
    page = send(client, address, "Green")
    assert "Right." in page
    assert TOLD not in page
    assert onward(page).endswith("&memory=none")


def test_the_summary_does_not_say_that_nothing_was_answered(client: TestClient) -> None:
    page = client.get(f"{PRACTICE}/summary?memory=none").text
    assert "Nothing is remembered here" in page
    assert "Nothing answered yet" not in page
    assert "Nothing answered yet" in client.get(f"{PRACTICE}/summary").text


def test_whoever_keeps_the_cookie_is_told_nothing_even_by_a_marked_address(client: TestClient) -> None:
    page = client.get(f"{PRACTICE}?q=one&memory=none").text
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    assert attempt
    data = {"option": opaque_id("one", "Red"), "attempt": attempt[1]}
    told = client.post(f"{PRACTICE}?q=one&memory=none", data=data).text
    assert TOLD not in told
    assert "memory=none" not in told
    assert "Nothing is remembered" not in client.get(f"{PRACTICE}/summary?memory=none").text


@pytest.mark.parametrize("mark", ["some", "0", "NONE", ""])
def test_another_mark_in_the_address_is_refused(client: TestClient, mark: str) -> None:
    assert client.get(f"{PRACTICE}?q=one&memory={mark}").status_code == 422
