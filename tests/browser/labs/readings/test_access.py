"""The lab for everyone: axe, narrow screens, forced colours, dark, the focus, no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.axe import violations
from tests.browser.labs.readings.plates import (
    LESSON,
    SCROLLED,
    answer,
    find,
    greys,
    opened,
    pane,
    slide,
    state,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
DARK, LIGHT = 80, 180


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: Any, width: int) -> None:
    answer(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    opened(page)
    for place in (0, 3):
        slide(page, place)
        page.locator("#lab-1").get_by_role("radio", name="noise", exact=True).check()
        assert violations(page) == []
        assert page.evaluate(SCROLLED)
    slide(page, 1)
    find(page, "ask").click()
    state(page, "answered")
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    for part in page.locator("#lab-1 :is(.readouts dd, button, .tick, figcaption *, td):visible").all():
        box = part.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
    clean = greys(pane(page, "true", "x0").locator("canvas"))
    assert clean[0, 0] > LIGHT > DARK > clean.min()


def test_a_page_that_changes_its_colours_paints_anew(page: Page) -> None:
    canvas = pane(page, "true", "x0").locator("canvas")

    def paper(scheme: Any) -> int:
        before = greys(canvas)[0, 0]
        page.emulate_media(color_scheme=scheme)
        for _ in range(50):  # until the page has heard of it
            if greys(canvas)[0, 0] != before:
                break
            page.wait_for_timeout(100)
        return int(greys(canvas)[0, 0])

    dark = paper("dark")
    light = paper("light")
    assert light > dark > LIGHT


def test_in_forced_colours_ink_is_darker_than_paper(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, forced_colors="active", color_scheme="dark") as context:
        page = context.new_page()
        opened(page)
        clean = greys(pane(page, "true", "x0").locator("canvas"))
        assert clean.min() < DARK < LIGHT < clean[0, 0]


def test_the_focus_goes_to_the_answer_where_it_was_on_the_button(page: Page) -> None:
    answer(page)
    slide(page, 0)
    find(page, "ask").focus()
    page.keyboard.press("Enter")
    state(page, "answered")
    assert page.evaluate("document.activeElement.dataset.row") == "model"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "size"


def test_without_javascript_there_are_the_pictures_the_numbers_and_links_to_the_answers(
    browser: Browser, site: str
) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(LESSON)
        plate = page.locator("#lab-1")
        assert find(page, "level").is_hidden()
        still = plate.locator(".still img")
        still.scroll_into_view_if_needed()
        assert still.is_visible()
        assert page.evaluate(SCROLLED)
        rows = plate.locator(".still tbody tr")
        assert rows.count() == 4
        assert rows.nth(1).inner_text().split()[:6] == ["0.5", "0.707", "0.707", "0.0", "1.000", "1.414"]
        assert rows.last.inner_text().endswith("not asked")
        links = plate.get_by_role("link")
        assert links.count() == 3
        answered = page.goto(str(links.first.get_attribute("href")))
        assert answered
        assert answered.status == 503  # there is no engine; the page says so
        assert "the model is waking up" in page.locator("main").inner_text()
