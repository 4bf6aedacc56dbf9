"""Answering a question of a page as a visitor does."""

from __future__ import annotations

from app.course.question import opaque_id
from tests.browser.playwright_names import Locator


def choose(asked: Locator, name: str, *texts: str) -> None:
    for text in texts:
        asked.locator(f"label:has(input[value='{opaque_id(name, text)}'])").click()


def check(asked: Locator) -> None:
    asked.get_by_role("button", name="Check my answer").click()
