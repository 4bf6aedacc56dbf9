"""Runs that are kept beside the next ones, on the same scrubber."""

from __future__ import annotations

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import put, run_to_the_end, start, state
from tests.browser.playwright_names import Locator, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

PIXELS = """selector => {
  const canvas = document.querySelector(selector);
  return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).join();
}"""
KEPT = "[data-role=kept] canvas"
NOW = "[data-pane=x_t] canvas"


def keep(page: Page) -> Locator:
    return page.locator("[data-role=keep-run]")


def caption(page: Page, place: int = 0) -> Locator:
    return page.locator("[data-role=kept-caption]").nth(place)


def kept(page: Page) -> Locator:
    return page.locator("[data-role=kept]:visible")


def test_only_a_run_that_is_here_as_a_whole_can_be_kept(page: Page) -> None:
    page.goto("/lesson")
    expect(keep(page)).to_be_disabled()
    start(page)
    state(page, "running")
    expect(keep(page)).to_be_disabled()
    state(page, "done")
    expect(keep(page)).to_be_enabled()
    expect(kept(page)).to_have_count(0)


def test_a_kept_run_stays_beside_the_next_and_says_in_what_it_differs(page: Page) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
    before = page.evaluate(PIXELS, NOW)
    keep(page).click()
    expect(caption(page)).to_have_text("Kept, step 50 of 50: this very run.")
    put(page, "seed", "8")
    expect(caption(page)).to_have_text("Kept, step 50 of 50: seed 3.")
    assert page.evaluate(PIXELS, KEPT) == before
    assert page.evaluate(PIXELS, NOW) != before


def test_both_follow_the_scrubber_each_at_its_own_share_of_steps(page: Page) -> None:
    page.goto("/")
    put(page, "steps", "5")
    run_to_the_end(page)
    keep(page).click()
    put(page, "steps", "50")
    run_to_the_end(page)
    page.locator("[data-role=scrubber]").fill("20")
    expect(caption(page)).to_have_text("Kept, step 2 of 5: steps 5.")
    page.locator("[data-go=first]").click()
    expect(caption(page)).to_have_text("Kept, step 0 of 5: steps 5.")
    assert page.evaluate(PIXELS, KEPT) == page.evaluate(PIXELS, NOW), "the same noise"


def test_a_kept_run_is_let_go(page: Page) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    keep(page).click()
    page.get_by_role("button", name="Let it go").click()
    expect(kept(page)).to_have_count(0)
    expect(keep(page)).to_be_focused()


def test_a_link_makes_the_kept_run_again_and_then_its_own(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    keep(page).click()
    put(page, "seed", "8")
    expect(caption(page)).to_contain_text("seed 3")
    state(page, "done")
    page.locator("[data-role=scrubber]").fill("10")
    link = page.locator("[data-role=permalink]").get_attribute("href") or ""
    assert "kept=seed%3A3" in link
    page.goto("about:blank")
    scenario.posted.clear()
    page.goto(f"/lesson{link}")
    expect(caption(page)).to_have_text("Kept, step 10 of 50: seed 3.")
    assert [asked["seed"] for asked in scenario.posted] == [3, 8]
    expect(page.locator("[name=seed]")).to_have_value("8")


@pytest.mark.parametrize(
    "asked", ["", "seed", "seed:-3", "nothing:1", "seed:%25", ";;", "||", "|seed|", "model:painter"]
)
def test_a_kept_run_that_makes_no_sense_leaves_the_links_own(
    page: Page, scenario: Scenario, asked: str
) -> None:
    page.goto(f"/lesson#player-1?seed=8&kept={asked}")
    state(page, "done")
    page.wait_for_timeout(300)
    assert scenario.posted[-1]["seed"] == 8
    expect(page.locator("[name=seed]")).to_have_value("8")


def test_while_the_guess_is_covered_that_of_the_kept_run_is_too(page: Page) -> None:
    page.goto("/covered")
    run_to_the_end(page)
    keep(page).click()
    guess = page.get_by_role("img", name="The guess of the kept run", include_hidden=True).first
    expect(guess).to_be_hidden()
    page.locator("[data-role=uncover]").click()
    expect(guess).to_be_visible()


def test_up_to_three_are_kept_side_by_side_and_the_scrubber_stays_in_sight(
    page: Page, scenario: Scenario
) -> None:
    page.set_viewport_size({"width": 390, "height": 664})
    page.goto("/lesson")
    run_to_the_end(page)
    for place, (seed, following) in enumerate([("3", "8"), ("8", "9"), ("9", "10")]):
        keep(page).click()
        put(page, "seed", following)
        expect(caption(page, place)).to_contain_text(f"seed {seed}")
        state(page, "done")
    expect(kept(page)).to_have_count(3)
    tops = kept(page).evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    page.locator("denoising-player").evaluate("player => player.scrollIntoView()")
    scrubber = page.locator("[data-role=scrubber]")
    assert scrubber.evaluate("one => one.getBoundingClientRect().bottom <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(page).click()
    expect(page.locator("[data-role=status]")).to_contain_text("let one of them go")
    link = page.locator("[data-role=permalink]").get_attribute("href") or ""
    kept(page).nth(1).get_by_role("button").click()
    expect(page.locator("[data-role=kept-what]:visible")).to_have_text(["seed 3.", "seed 9."])
    page.goto("about:blank")
    scenario.posted.clear()
    page.goto(f"/lesson{link}")
    expect(kept(page)).to_have_count(3)
    state(page, "done")
    assert [asked["seed"] for asked in scenario.posted] == [3, 8, 9, 10]


def test_the_same_run_is_kept_once(page: Page) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    keep(page).click()
    keep(page).click()
    expect(kept(page)).to_have_count(1)
    expect(page.locator("[data-role=status]")).to_have_text("This run is kept already.")
