"""Every page of the real product: axe, no sideways scrolling, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import files_folder
from tests.browser.axe import violations
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
PAGES = {
    "home": "/",
    "lesson": LESSON,
    "practice": f"{LESSON}/practice",
    "summary": f"{LESSON}/practice/summary",
    "print": f"{LESSON}/print",
    "privacy": "/privacy",
    "forget": "/learner/forget",
    "licences": "/licences",
    "glossary": "/glossary",
    "search": "/search?q=noise",
    "code": "/code/app/diffusion/schedules.py#code-Cosine",
    "missing": "/nowhere",
}
VIEWS = {"phone": (390, 844, "dark"), "desktop": (1280, 900, "light")}
"""Each in one scheme: colours do not depend on the width."""
RECORDED = json.loads((files_folder("static") / "recorded" / "home.json").read_text())["steps"]
LONGEST_ON_A_PHONE = 15_300
"""Pixels of lesson 1 with its questions. Without the lab clean-by-hand, drawings, goals and links to other
lessons, which came later, it is 60% of what it was when a learner had to hunt for the plates."""

SCREENSHOTS = os.environ.get("SCREENSHOTS")  # a folder, for somebody who looks at them


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_fits_its_width_and_breaks_no_policy(
    browser: Browser, product: str, name: str, view: str
) -> None:
    width, height, scheme = VIEWS[view]
    context = browser.new_context(
        base_url=product,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security" in message.text else None,
    )
    page.on(
        "request",
        lambda request: (
            complaints.append(request.url)
            if not request.url.startswith((product, "data:", "blob:"))
            else None
        ),
    )
    page.goto(PAGES[name], wait_until="load")
    page.wait_for_timeout(300)
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{view}.png", full_page=True)
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    assert complaints == []
    context.close()


@pytest.fixture
def page(browser: Browser, product: str) -> Iterator[Page]:
    context = browser.new_context(base_url=product, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_question_is_answered_by_keyboard_alone_and_the_solution_comes_in_its_order(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 1")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator(".verdict")).to_be_visible()
    if page.locator(".missed").count():  # this learner's B is wrong
        page.locator("label.option input:enabled").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    expect(page.locator(".reveal")).to_be_visible()
    text = page.locator(".reveal").inner_text()
    places = [
        text.index(part) for part in ("Worked solution", "Final answer", "Quick check", "Common mistakes")
    ]
    assert places == sorted(places)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 2")


def test_show_me_runs_the_model_and_shows_three_pictures_with_their_errors(page: Page) -> None:
    page.goto(f"{LESSON}/practice?q=l1-predict-once")
    page.get_by_role("button", name="Show me the solution").click()
    page.get_by_role("link", name="Show me").click()
    pictures = page.locator(".outcome img")
    expect(pictures).to_have_count(3, timeout=15_000)
    assert all(picture.evaluate("image => image.naturalWidth > 0") for picture in pictures.all())
    expect(page.locator(".outcome")).to_contain_text("of the error is left")


def test_lesson_1_is_short_enough_for_a_phone_with_its_questions_in_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 664})
    page.goto(LESSON)
    assert page.locator(".plate").first.bounding_box()["y"] <= 1.4 * 664  # type: ignore[index]
    places = page.locator("[data-in-text]")
    for place in places.all():
        place.scroll_into_view_if_needed()
        expect(place.locator(".asked")).to_be_visible()
    assert places.count() == 3
    assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST_ON_A_PHONE


def test_the_contents_are_one_line_on_a_phone_and_stand_open_beside_the_text(page: Page) -> None:
    page.goto(LESSON)
    link = page.locator(".toc").get_by_role("link", name="A ruined canvas")
    expect(link).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 664})
    expect(link).to_be_hidden()
    page.locator(".toc summary").click()
    link.click()
    expect(page.locator("#a-ruined-canvas")).to_be_in_viewport()


def test_everything_but_the_player_works_without_javascript(browser: Browser, product: str) -> None:
    context = browser.new_context(base_url=product, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    assert page.locator("img").first.is_visible()
    page.goto(f"{LESSON}/practice")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an option")
    page.locator("label.option").nth(2).click()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.locator(".verdict")).to_be_visible()
    if page.get_by_role("button", name="Show me the solution").count():
        page.get_by_role("button", name="Show me the solution").click()
    expect(page.locator(".solution")).to_contain_text("Final answer")
    page.goto(LESSON)
    page.locator("#lab-1 button[type=submit]:visible").first.click()
    page.wait_for_url("**/runs/*")
    picture = page.locator("img.run-picture").first
    answer = page.request.get(picture.get_attribute("src") or "")
    assert answer.headers["content-type"] == "image/gif"
    assert answer.body().startswith(b"GIF8")
    page.goto("/labs/player")
    page.locator("#lab-1 button[type=submit]:visible").first.click()
    page.wait_for_url("**/runs/*")
    page.get_by_role("link", name="Back, and run another").click()
    expect(page).to_have_url(f"{product}/labs/player")
    context.close()


def test_a_shared_computer_can_start_as_a_new_learner(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    page.get_by_role("button", name="Show me the solution").click()
    expect(page.locator(".verdict")).to_be_visible()
    page.goto(f"{LESSON}/practice/summary")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 of")
    page.goto("/privacy")
    page.get_by_role("link", name="Delete my answers").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my answers").click()
    assert download.value.suggested_filename == "from-noise-answers.json"
    page.get_by_role("button", name="Delete them for good").click()
    expect(page.get_by_role("status")).to_contain_text("deleted")
    page.goto(f"{LESSON}/practice/summary")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing answered yet")


def test_the_frontispiece_clears_by_itself_within_five_seconds_and_plays_again(page: Page) -> None:
    page.goto("/")
    button = page.locator("recorded-run button")
    expect(button).to_have_text("Pause")
    expect(button).to_have_text("Play again", timeout=5_500)
    expect(page.locator("recorded-run .count")).to_have_text(f"step {RECORDED} of {RECORDED}")
    button.click()
    expect(button).to_have_text("Pause")


def test_with_reduced_motion_the_frontispiece_stands_at_its_end_and_is_stepped_by_hand(
    browser: Browser, product: str
) -> None:
    context = browser.new_context(base_url=product, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    count = page.locator("recorded-run .count")
    expect(count).to_have_text(f"step {RECORDED} of {RECORDED}")
    page.wait_for_timeout(500)
    expect(page.locator("recorded-run button")).to_have_text("Play again")
    clear = page.locator("recorded-run canvas").screenshot()
    page.get_by_role("slider").press("ArrowLeft")
    expect(count).to_have_text(f"step {RECORDED - 1} of {RECORDED}")
    page.get_by_role("slider").press("Home")
    expect(count).to_have_text(f"step 0 of {RECORDED}")
    assert page.locator("recorded-run canvas").screenshot() != clear
    context.close()


@pytest.mark.parametrize("width", [320, 640, 1000, 1920])
def test_no_page_scrolls_sideways_at_any_width_or_at_200_percent(
    browser: Browser, product: str, width: int
) -> None:
    context = browser.new_context(base_url=product, viewport={"width": width, "height": 600})
    page = context.new_page()
    for path in PAGES.values():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_single_key_shortcuts_can_be_turned_off(page: Page) -> None:
    page.goto(f"{LESSON}/practice")
    page.get_by_role("button", name="Turn keys off").click()
    page.locator("h1").click()
    page.keyboard.press("b")
    expect(page.locator("input[name=option]:checked")).to_have_count(0)
    page.get_by_role("button", name="Turn keys on").click()
    page.locator("h1").click()
    page.keyboard.press("b")
    expect(page.locator("input[name=option]:checked")).to_have_count(1)


def test_going_back_to_a_place_on_the_page_keeps_the_page(page: Page) -> None:
    # As in browsers that lack the Navigation API, where htmx would fetch the page anew.
    page.add_init_script("Object.defineProperty(window, 'navigation', { value: undefined });")
    page.goto(LESSON, wait_until="networkidle")
    page.evaluate("() => { document.querySelector('main').dataset.kept = 'yes'; }")
    page.locator(".toc a").first.click()
    page.go_back()
    page.wait_for_timeout(500)
    assert page.locator("main[data-kept=yes]").count() == 1


def test_progress_is_asked_for_again_when_the_page_comes_back_and_its_faults_replace_nothing(
    page: Page,
) -> None:
    page.goto("/", wait_until="networkidle")
    begin = page.locator("#begin a").first
    expect(begin).to_have_text("Start lesson 1")
    page.route("**/fragments/progress", lambda route: route.fulfill(status=503, body="<p>busy</p>"))
    again = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    with page.expect_response("**/fragments/progress"):
        page.evaluate(again)
    page.wait_for_timeout(200)
    expect(begin).to_have_text("Start lesson 1")
    page.unroute("**/fragments/progress")
    with page.expect_response("**/fragments/progress") as answer:
        page.evaluate(again)
    assert answer.value.status == 200
    expect(begin).to_have_text("Start lesson 1")
