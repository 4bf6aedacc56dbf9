"""In the reader's own colours, a state that only a colour tells can still be seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.playwright_names import Browser, Locator, Page

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(base_url=product, forced_colors="active", color_scheme=request.param)
    yield context.new_page()
    context.close()


def style(element: Locator, name: str) -> str:
    value: str = element.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return value


def test_the_option_that_is_chosen_and_the_question_that_is_open_stand_out(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    letters, dots = page.locator("label .letter"), page.locator(".dots a")
    page.locator("label.option").first.click()
    assert style(letters.nth(0), "backgroundColor") != style(letters.nth(1), "backgroundColor")
    assert style(dots.nth(0), "borderBottomColor") != style(dots.nth(1), "borderBottomColor")


def test_the_main_button_can_be_read(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    button = page.get_by_role("button", name="Check my answer")
    assert style(button, "color") != style(button, "backgroundColor")
    assert style(button, "forcedColorAdjust") == "none", (
        "the browser would paint its own colour behind the text"
    )


def test_the_rider_of_a_range_and_the_line_that_runs_keep_their_colour(page: Page) -> None:
    page.goto("/")
    assert style(page.get_by_role("slider"), "forcedColorAdjust") == "none"
    page.goto(LESSON)
    lines = page.locator("#lab-1 .code .line")
    lines.first.evaluate("line => line.classList.add('lit')")
    assert style(lines.nth(0), "borderLeftColor") != style(lines.nth(1), "borderLeftColor")


def test_links_have_the_colour_of_links(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    colours = {style(link, "color") for link in page.locator("a:not(.button, .skip)").all()}
    assert len(colours) == 1
    assert colours != {style(page.locator("h1"), "color")}
