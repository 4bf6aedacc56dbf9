"""What each word of a prompt drew: its map beside it, and over the guess."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import paint, put, reading, run_to_the_end, words
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

OVERLAY = """() => {
  const canvas = document.querySelector("[data-role=overlay]");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from(data).filter((_, index) => index % 4 === 3);
}"""
HOUSE_LOOKED_AT = re.compile(r"^house looked at most from the bottom left; at its strongest point \d+%$")


def test_a_chosen_words_map_lies_over_the_guess_and_follows_the_scrubber(page: Page) -> None:
    paint(page, "a castle house at night")
    expect(words(page)).to_have_count(4)
    expect(page.locator("[data-role=overlay]")).to_be_hidden()
    house = page.get_by_role("button", name=HOUSE_LOOKED_AT)
    house.click()
    expect(house).to_have_attribute("aria-pressed", "true")
    late = page.evaluate(OVERLAY)
    width = page.locator("[data-role=overlay]").evaluate("canvas => canvas.width")
    assert width == 32
    assert late.index(max(late)) // width > 16 > late.index(max(late)) % width
    share = house.locator(".share").inner_text()
    expect(page.locator("[data-role=word-said]")).to_have_text(
        f"house: looked at most from the bottom left; at its strongest point {share}"
    )
    page.locator("[data-role=scrubber]").fill("5")
    early = page.evaluate(OVERLAY)
    assert sum(early) > sum(late)  # the spot narrows in the course of the run
    assert house.locator(".share").inner_text() != share
    words(page).nth(3).click()
    expect(house).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(OVERLAY) != early
    words(page).nth(3).click()
    page.mouse.move(0, 0)
    expect(page.locator("[data-role=overlay]")).to_be_hidden()


def test_every_word_has_a_map_of_its_own_beside_it(page: Page) -> None:
    paint(page, "house at night")
    maps = (
        words(page)
        .locator("canvas")
        .evaluate_all("all => all.map(canvas => [canvas.width, canvas.height, canvas.toDataURL()])")
    )
    assert [size[:2] for size in maps] == [[16, 16]] * 3
    assert len({url for _, _, url in maps}) == 3


def test_a_words_map_is_looked_at_by_keyboard_and_goes_with_the_focus(page: Page) -> None:
    paint(page, "house at night")
    page.locator("[data-role=show-noise]").focus()
    page.keyboard.press("Tab")  # "Say what is on show"
    page.keyboard.press("Tab")  # "More settings"
    page.keyboard.press("Tab")
    expect(words(page).first).to_be_focused()
    expect(page.locator("[data-role=overlay]")).to_be_visible()
    first = page.evaluate(OVERLAY)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(OVERLAY) != first
    page.keyboard.press("ArrowLeft")
    assert reading(page, "step") == "19 / 20"
    page.keyboard.press("Space")
    expect(words(page).nth(2)).to_have_attribute("aria-pressed", "true")
    page.locator("[name=seed]").focus()
    expect(page.locator("[data-role=overlay]")).to_be_visible()
    assert reading(page, "step") == "19 / 20"


def test_several_pictures_have_a_map_each(page: Page, scenario: Scenario) -> None:
    page.goto("/painted")
    run_to_the_end(page)
    assert scenario.posted[0]["attention"] is True
    page.locator("[data-go=last]").click()
    words(page).nth(1).click()
    expect(page.locator("[data-role=word-said]")).to_contain_text(
        re.compile(
            r"house: looked at in picture 1 most from the bottom left \(at its strongest point \d+%\); "
            r"in picture 2 most from the bottom right"
        )
    )
    size = words(page).nth(1).locator("canvas").evaluate("canvas => [canvas.width, canvas.height]")
    assert size == [33, 33]
    boxes = [page.locator(f"[data-pane=x0_hat] canvas >> nth={index}").bounding_box() for index in (0, 1)]
    assert boxes[0] == boxes[1]


def test_more_pictures_than_four_have_no_maps_and_it_is_said_why(page: Page, scenario: Scenario) -> None:
    page.goto("/painter")
    tick = page.locator("[name=attention]")
    tick.check()
    put(page, "count", "5")
    expect(tick).to_be_disabled()
    expect(page.locator("[data-role=attention-off]")).to_contain_text("Only for up to 4 pictures")
    put(page, "steps", "3")
    run_to_the_end(page)
    assert "attention" not in scenario.posted[0]
    put(page, "count", "4")
    expect(tick).to_be_enabled()
    expect(page.locator("[data-role=attention-off]")).to_be_hidden()
