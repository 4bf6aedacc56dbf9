"""Every field of every page: its number stays what was typed, and a phone need not zoom to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
PAGES = [
    LESSON,
    "/lessons/adding-noise",
    "/lessons/learning-to-remove-it",
    "/labs/noise",
    "/search",
    "/glossary",
]
TYPED_IN = "input:not([type=radio], [type=checkbox], [type=range], [type=hidden]), select, textarea"
SIZES = """(typedIn) => [...document.querySelectorAll(typedIn)]
  .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
  .map((field) => field.outerHTML)"""


@pytest.fixture(scope="module")
def phone(browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=product, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_no_field_is_smaller_than_a_phone_zooms_to_and_none_is_a_browsers_own_of_numbers(
    phone: Page, address: str
) -> None:
    phone.goto(address)
    assert phone.evaluate(SIZES, TYPED_IN) == []
    assert phone.locator("input[type=number]").count() == 0


def test_a_comma_is_a_decimal_comma_and_a_wheel_changes_nothing(browser: Browser, product: str) -> None:
    context = browser.new_context(base_url=product)
    page = context.new_page()
    page.goto(LESSON)
    plate = page.locator("#lab-1")
    plate.scroll_into_view_if_needed()
    seed = plate.locator("[name=seed]:not([type=hidden])")
    field = seed if seed.count() else plate.locator("[data-number]").first
    name = field.get_attribute("name")
    field.evaluate("field => field.closest('details')?.setAttribute('open', '')")
    field.fill("12")
    field.hover()
    page.mouse.wheel(0, 300)
    expect(field).to_have_value("12")
    assert name
    context.close()
