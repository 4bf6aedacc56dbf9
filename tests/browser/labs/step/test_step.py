"""The lab step on the whole product: its numbers are the run's, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.diffusion.samplers.catalogue import SAMPLERS
from tests.browser.axe import violations
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser

LAB = "/labs/step"
WORDS = """() => [...document.querySelectorAll("step-lab .call")].map((call) => ({
  ours: call.querySelector("[data-role=x_next]").textContent,
  own: call.querySelector(".own dd:last-child").textContent,
  said: call.querySelector("[data-role=verdict]").textContent,
}))"""
SCROLLED = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def desk(browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(base_url=product)
    page = context.new_page()
    page.goto(LAB)
    yield page
    context.close()


def run(page: Page, sampler: str) -> None:
    """Make a run with this sampler, and wait for the numbers of the step on show."""
    page.get_by_label("Sampler", exact=True).select_option(sampler)
    page.get_by_role("button", name="Run it").click()
    expect(page.locator("step-lab[data-state=done]")).to_be_visible(timeout=60_000)


def stand(page: Page, **place: int) -> None:
    for name, value in place.items():
        page.locator(f"[data-role={name}]").fill(str(value))
    words = f"Step {place['step']} of \\d+, column {place['x']}, row {place['y']}:"
    expect(page.locator("[data-role=title]")).to_have_text(re.compile(words))


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").lstrip("= "))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_row_own_words_and_log_come_to_the_same_at_every_step(desk: Page, sampler: str) -> None:
    run(desk, sampler)
    last = int(desk.locator("[data-role=step]").get_attribute("data-most") or 0)
    for step, x, y in [(0, 3, 4), (last // 2, 14, 10), (last - 1, 9, 20), (last, 14, 14)]:
        stand(desk, step=step, x=x, y=y)
        calls = desk.evaluate(WORDS)
        assert len(calls) == (2 if sampler.startswith("heun") and step < last else 1)
        for call in calls:
            assert number(call["own"]) == pytest.approx(number(call["ours"]), abs=2e-4)
            assert "agree to within that" in call["said"]


def test_the_keyboard_chooses_steps_and_pixels_and_they_are_told(desk: Page) -> None:
    run(desk, "ddpm")
    stand(desk, step=5, x=14, y=14)
    desk.locator("[data-role=pad]").focus()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("[data-role=title]")).to_contain_text("Step 5 of 20, column 15, row 13")
    desk.get_by_role("button", name="One step forward").press("Enter")
    expect(desk.locator("[data-role=title]")).to_contain_text("Step 6 of 20, column 15, row 13")
    expect(desk.locator("[data-role=voice]")).to_contain_text("Step 6 of 20, column 15, row 13: x_next is")
    desk.get_by_label("Column", exact=True).press("ArrowDown")
    expect(desk.locator("[data-role=title]")).to_contain_text("Step 6 of 20, column 14, row 13")


def test_a_number_outside_is_marked_and_changes_nothing(desk: Page) -> None:
    run(desk, "ddim")
    stand(desk, step=5, x=14, y=14)
    desk.get_by_label("Row", exact=True).fill("28")
    expect(desk.get_by_label("Row", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(desk.locator("[data-role=title]")).to_contain_text("column 14, row 14")
    desk.get_by_label("Row", exact=True).fill("14")


def test_a_run_that_is_gone_is_told_with_what_to_do(desk: Page) -> None:
    run(desk, "ddim")
    desk.route(
        "**/api/runs/*/steps/*", lambda route: route.fulfill(status=404, json={"error": {"message": "gone"}})
    )
    desk.locator("[data-role=step]").fill("3")
    expect(desk.locator("[data-role=fault]")).to_contain_text("press “Run it” to make it again")
    desk.unroute("**/api/runs/*/steps/*")
    desk.locator("[data-role=step]").fill("4")
    expect(desk.locator("[data-role=fault]")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk: Page, scheme: Any, width: int) -> None:
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 800})
    run(desk, "heun")
    stand(desk, step=5, x=14, y=14)
    desk.evaluate("document.querySelectorAll('step-lab details').forEach((part) => (part.open = true))")
    assert violations(desk) == []
    assert desk.evaluate(SCROLLED)


def test_without_javascript_a_form_works_one_step_out(browser: Browser, product: str) -> None:
    context = browser.new_context(base_url=product, java_script_enabled=False)
    page = context.new_page()
    page.goto(LAB)
    page.get_by_label("Sampler", exact=True).select_option("heun")
    page.get_by_label("Step, of 20", exact=True).fill("3")
    page.get_by_role("button", name="Run it").click()
    expect(page.get_by_role("heading", name="One step taken apart")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("table")).to_have_count(2)
    expect(page.get_by_text("They agree to within the rounding of the log")).to_have_count(2)
    context.close()
