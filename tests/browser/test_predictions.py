"""Predictions of lesson 1, made on the whole product: locked, run on the plate, and graded by that run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser.axe import violations
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
LONG = 30_000


@pytest.fixture
def page(browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(base_url=product, viewport={"width": 1366, "height": 625})
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def lock_one_step(page: Page, answer: str = "Hardly at all") -> None:
    bet = page.locator("#prediction-l1-one-step")
    bet.scroll_into_view_if_needed()
    bet.get_by_text(answer).click()
    bet.get_by_role("button", name="Lock it and run").click()


def test_a_choice_is_locked_its_plate_runs_and_the_outcome_comes_with_the_end(page: Page) -> None:
    page.goto(LESSON)
    told = page.locator("#prediction-l1-one-step [data-role=told]")
    lock_one_step(page, "As different as")
    expect(page.locator("#lab-3 [data-role=status]")).to_contain_text("1 step", timeout=LONG)
    expect(told).to_contain_text("After 1 step the dots vary", timeout=LONG)
    expect(told).to_contain_text("You said: As different as eight finished sevens.")
    expect(told).to_contain_text("It is: Hardly at all")
    expect(page.locator("#prediction-l1-one-step form")).to_be_hidden()
    page.reload()
    page.locator("#prediction-l1-one-step").scroll_into_view_if_needed()
    expect(told).to_contain_text("It is: Hardly at all", timeout=LONG)
    expect(page.locator(".toc-progress")).to_contain_text("Predictions: 1 of 3 made")


def test_i_see_it_now_keeps_the_step_on_show_beside_the_judge_s(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")  # frames are stepped through by hand
    page.goto(LESSON)
    page.locator("#prediction-l1-seen").get_by_role("button", name="Run it").click()
    plate = page.locator("#lab-1")
    now = plate.get_by_role("button", name="I see it now")
    expect(now).to_be_visible(timeout=LONG)
    expect(plate.locator("[data-role=status]")).to_contain_text("Finished", timeout=LONG)
    scrubber = plate.locator("[data-role=scrubber]")
    scrubber.fill("20")
    now.click()
    said = plate.locator("[data-role=plate-says]")
    expect(said).to_contain_text("You said step 20:", timeout=LONG)
    expect(said).to_be_focused()
    known = re.search(r"more\) from step (\d+) of 50 on", said.inner_text())
    assert known
    assert 0 < int(known[1]) < 50
    expect(now).to_be_hidden()
    expect(page.locator("#prediction-l1-seen [data-role=told]")).to_contain_text("You said step 20")


def test_another_seed_offers_no_bet_on_this_one(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{LESSON}#lab-1?label=7&seed=2&steps=50&sampler=ddim&guidance=1.0")
    plate = page.locator("#lab-1")
    expect(plate.locator("[data-role=status]")).to_contain_text("50 steps", timeout=LONG)
    expect(plate.get_by_role("button", name="I see it now")).to_be_hidden()


def test_offline_it_says_so_keeps_the_choice_and_can_be_pressed_again(page: Page) -> None:
    page.goto(LESSON)
    page.locator("#prediction-l1-one-step").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    lock_one_step(page)
    bet = page.locator("#prediction-l1-one-step")
    expect(bet.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(bet.locator("input[value=a]")).to_be_checked()
    page.context.set_offline(False)
    bet.get_by_role("button", name="Lock it and run").click()
    expect(bet.locator("[data-role=told]")).to_contain_text("You said so", timeout=LONG)


def test_a_second_tab_is_shown_what_was_said_in_the_first(page: Page) -> None:
    page.goto(LESSON)
    other = page.context.new_page()
    other.goto(LESSON)
    other.locator("#prediction-l1-one-step").scroll_into_view_if_needed()
    other.wait_for_load_state("networkidle")
    lock_one_step(page)
    told = page.locator("#prediction-l1-one-step [data-role=told]")
    expect(told).to_contain_text("You said so", timeout=LONG)
    lock_one_step(other, "As different as")
    told = other.locator("#prediction-l1-one-step [data-role=told]")
    expect(told).to_contain_text("a prediction is locked once it is made")
    expect(told).to_contain_text("Hardly at all")


def test_without_javascript_a_form_and_a_page_do_it(browser: Browser, product: str) -> None:
    context = browser.new_context(base_url=product, java_script_enabled=False)
    page = context.new_page()
    page.goto(LESSON)
    bet = page.locator("#prediction-l1-one-step")
    bet.get_by_text("Alike in some parts").click()
    bet.get_by_role("button", name="Lock it and run").click()
    expect(page.locator("h1")).to_have_text("What came out")
    expect(page.locator(".told")).to_contain_text("It is: Hardly at all")
    image = page.request.get(str(page.locator("img.pixels").get_attribute("src")))
    assert (image.status, image.headers["content-type"]) == (200, "image/gif")
    context.close()


def test_the_page_of_a_prediction_has_no_barriers(page: Page) -> None:
    page.goto("/predictions/l1-sunset")
    assert violations(page) == []
