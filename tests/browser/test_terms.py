"""Terms of the glossary in a lesson, on hover, on focus and at the first tap; and the minutes left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LESSON = "/lessons/adding-noise"
NOTE = "#term-note"


@pytest.fixture
def page(browser: Browser, product: str) -> Iterator[Page]:
    with browser.new_context(base_url=product, viewport={"width": 1280, "height": 800}) as context:
        made = context.new_page()
        made.goto(LESSON)
        yield made


def test_a_term_is_explained_while_the_pointer_is_over_it(page: Page) -> None:
    term = page.locator("a.term").first
    term.hover()
    note = page.locator(NOTE)
    note.wait_for(state="visible")
    assert len(note.inner_text()) > 30
    assert term.get_attribute("aria-describedby") == "term-note"
    page.mouse.move(5, 5)
    note.wait_for(state="hidden")


def test_by_keyboard_it_is_explained_on_focus_and_escape_puts_it_away(page: Page) -> None:
    page.locator("a.term").nth(1).focus()
    note = page.locator(NOTE)
    note.wait_for(state="visible")
    page.keyboard.press("Escape")
    note.wait_for(state="hidden")


def test_without_an_answer_from_the_glossary_the_link_remains(page: Page) -> None:
    page.route("**/glossary", lambda route: route.abort())
    term = page.locator("a.term").first
    term.hover()
    page.wait_for_timeout(300)
    assert page.locator(NOTE).is_hidden()
    assert str(term.get_attribute("href")).startswith("/glossary#")


def test_the_first_tap_explains_and_the_second_leads_to_the_glossary(browser: Browser, product: str) -> None:
    with browser.new_context(
        base_url=product, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as context:
        page = context.new_page()
        page.goto(LESSON)
        term = page.locator("a.term").first
        term.scroll_into_view_if_needed()
        page.wait_for_timeout(200)  # a scroll puts the note away
        term.tap()
        note = page.locator(NOTE)
        note.wait_for(state="visible")
        box = note.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.url.endswith(LESSON)
        term.tap()
        page.wait_for_url("**/glossary#*")


def test_what_is_left_to_read_is_said_and_gets_less(page: Page) -> None:
    left = page.locator("[data-minutes]")
    assert left.inner_text() == "About 15 minutes left"
    page.locator("#key-takeaways").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    assert left.is_hidden() or int(left.inner_text().replace("a minute", "1 minutes").split()[1]) <= 3
