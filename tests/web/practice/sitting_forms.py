"""Answering a question by the forms of its page, and reading what the page says then."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from app.course.question import opaque_id

PRACTICE = "/lessons/colours/practice"
HTMX = {"hx-request": "true"}


def attempt(page: str) -> str:
    found = re.search(r'name="attempt" value="([^"]+)"', page)
    assert found
    return found[1]


def answer(client: TestClient, name: str, *texts: str, address: str = "", **kwargs: object) -> str:
    """Answer a question by the form of its page."""
    page = client.get(address or f"{PRACTICE}?q={name}").text
    data = {"option": [opaque_id(name, text) for text in texts], "attempt": attempt(page)}
    reply = client.post(f"{PRACTICE}?q={name}", data=data, **kwargs)  # type: ignore[arg-type]
    assert reply.status_code == 200
    return reply.text


def give_up(client: TestClient, name: str) -> str:
    reply = client.post(f"{PRACTICE}/solution?q={name}")
    assert reply.status_code == 200
    return reply.text


def order(page: str) -> list[str]:
    """List the options by the ids of their inputs, in the order of the page."""
    return re.findall(r'name="option" value="([^"]+)"', page)


def texts(page: str) -> list[str]:
    return re.findall(r'class="option-text">(?:<s>)?\s*(\w+)', page)


def dots(page: str) -> list[str]:
    return re.findall(r'class="unseen">Question \d, ([^<]+)<', page)
