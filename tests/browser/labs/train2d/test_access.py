"""The lab for everyone: axe, narrow screens, forced colours, no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.axe import violations
from tests.browser.labs.train2d.plates import PATH, SCROLLED, done, find, train

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    page.get_by_label("Drawn by you").check()
    assert violations(page) == []
    assert page.evaluate(SCROLLED)
    page.get_by_label("Ring").check()
    page.get_by_label("Train beside it").select_option("falling")
    train(page)
    done(page)
    done(page, 2)
    page.get_by_role("radio", name="Guesses").check()
    for fold in page.locator("#lab-1 summary:visible").all():
        fold.click()
    assert violations(page) == []
    assert page.evaluate(SCROLLED)


def test_by_keyboard_alone_a_training_is_started_and_looked_over(page: Page) -> None:
    page.get_by_label("Ring").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.role") == "train":
            break
    page.keyboard.press("Enter")
    done(page)
    assert "Trained in" in find(page, "voice").inner_text()


def test_without_javascript_there_is_a_recorded_training(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(PATH)
        assert find(page, "train").is_hidden()
        still = page.locator("#lab-1 img.still")
        assert still.is_visible()
        assert still.evaluate("image => image.naturalWidth") > 900
        rows = page.locator("#lab-1 noscript table tbody tr")
        assert rows.count() == 5
        assert page.evaluate(SCROLLED)
