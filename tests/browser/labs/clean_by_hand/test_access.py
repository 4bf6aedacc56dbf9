"""The lab for everyone: axe, narrow screens, forced colours, no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.axe import violations
from tests.browser.labs.clean_by_hand.plates import (
    DARK,
    LESSON,
    LIGHT,
    SCROLLED,
    answer,
    click_dot,
    find,
    greys,
    opened,
    pad_of,
    state,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: Any, width: int) -> None:
    answer(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    opened(page)
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    for part in page.locator("#lab-1 :is(.readouts dd, button, .tick):visible").all():
        box = part.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
    find(page, "ask").click()
    state(page, "shown")
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    noisy = greys(page.locator("#lab-1 [data-result=clean] canvas"))
    assert noisy[0, 0] > LIGHT > DARK > noisy.min()


def test_in_forced_colours_ink_is_darker_than_paper(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, forced_colors="active", color_scheme="dark") as context:
        page = context.new_page()
        opened(page)
        click_dot(page, 3, 5)
        page.get_by_label("Paper").check()
        click_dot(page, 4, 5)
        shown = greys(pad_of(page))
        assert shown[5, 3] < DARK < LIGHT < shown[5, 4]


def test_without_javascript_there_are_the_noisy_picture_and_a_link_to_the_answer(
    browser: Browser, site: str
) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(LESSON)
        assert find(page, "pad").is_hidden()
        still = page.locator("#lab-1 img.still")
        assert still.is_visible()
        assert still.evaluate("image => image.naturalWidth") == 8 * 28
        link = page.get_by_role("link", name="What one call of the model makes of it")
        answered = page.goto(str(link.get_attribute("href")))
        assert answered
        assert answered.status == 503  # there is no engine; the page says so
        assert "the model is waking up" in page.locator("main").inner_text()
