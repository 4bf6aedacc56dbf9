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
MAPS = "[...document.querySelectorAll('.word-map canvas')].map(canvas => canvas.toDataURL()).join()"
HOUSE_LOOKED_AT = re.compile(r"^house looked at most from the bottom left; at its strongest point \d+%$")


def test_a_chosen_words_map_lies_over_the_guess_and_follows_the_scrubber(page: Page) -> None:
    paint(page, "a castle house at night")
    expect(words(page)).to_have_count(2)
    page.locator("[data-role=word-step]").click()
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
    words(page).nth(1).click()
    expect(house).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(OVERLAY) != early
    words(page).nth(1).click()
    page.mouse.move(0, 0)
    expect(page.locator("[data-role=overlay]")).to_be_hidden()


def test_maps_open_on_the_average_over_the_steps_that_decide_the_layout(page: Page) -> None:
    paint(page, "house at night")
    about = page.locator("[data-role=word-about]")
    # Even steps in time: of twenty, the first five have at least three times as much noise as picture.
    expect(about).to_contain_text("Average of steps 0 to 4, in which the layout is decided.")
    expect(page.locator("[data-role=word-layout]")).to_have_attribute("aria-pressed", "true")
    share = words(page).first.locator(".share")
    # The peak of `house` grows as 0.05 + 0.36 done (fake_painter), so on average with the mean of the steps'.
    middle = 0.05 + 0.36 * sum(range(5)) / 5 / 20
    assert abs(int(share.inner_text().rstrip("%")) - 100 * middle) <= 1.5
    average = page.evaluate(MAPS)
    page.locator("[data-go=back]").click()
    assert page.evaluate(MAPS) == average, "a run that is stepped or played leaves the average alone"
    page.locator("[data-role=scrubber]").fill("2")
    expect(about).to_contain_text("Step 2.")
    expect(page.locator("[data-role=word-step]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(MAPS) != average
    page.locator("[data-role=word-layout]").click()
    assert page.evaluate(MAPS) == average


def test_words_that_carry_nothing_are_left_out_and_the_share_of_the_others_is_said(page: Page) -> None:
    paint(page, "a house at night")
    assert [text.split()[0] for text in words(page).all_text_contents()] == ["house", "night"]
    about = page.locator("[data-role=word-about]")
    expect(about).to_contain_text(
        re.compile(
            r"These words had \d+% of the picture.s attention; the rest went to small words or to no word"
        )
    )
    paint(page, "house")
    expect(about).to_contain_text("the rest went to no word")
    paint(page, "a the")
    expect(words(page)).to_have_count(2)


def test_every_word_has_a_map_of_its_own_beside_it(page: Page) -> None:
    paint(page, "house at night with stars")
    maps = (
        words(page)
        .locator("canvas")
        .evaluate_all("all => all.map(canvas => [canvas.width, canvas.height, canvas.toDataURL()])")
    )
    assert [size[:2] for size in maps] == [[16, 16]] * 3
    assert len({url for _, _, url in maps}) == 3


def test_a_words_map_is_looked_at_by_keyboard_and_goes_with_the_focus(page: Page) -> None:
    paint(page, "house at night with stars")
    words(page).first.focus()
    page.keyboard.press("Shift+Tab")
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
    house = page.get_by_role("button", name=re.compile("^house "))
    house.click()
    expect(page.locator("[data-role=word-said]")).to_contain_text(
        re.compile(
            r"house: looked at in picture 1 most from the bottom left \(at its strongest point \d+%\); "
            r"in picture 2 most from the bottom right"
        )
    )
    size = house.locator("canvas").evaluate("canvas => [canvas.width, canvas.height]")
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


AVERAGE = """async () => {
  const { LayoutAverage, shareOf } = await import("/static/labs/player/layout_average.js");
  const frame = (step, noise, attention, peaks) => ({
    step, noise_scale: noise, signal_scale: 1,
    attention: Uint8Array.from(attention), attention_peaks: peaks });
  const average = new LayoutAverage(2);
  const before = average.result;
  const frames = [frame(0, 9, [255, 0, 0, 0], [[0.4, 0]]), frame(1, 3, [0, 255, 255, 255], [[0.2, 0.1]])];
  const changes = [average.add(frames), average.add(frames)];
  frames.push(frame(2, 2.9, [255, 255, 255, 255], [[1, 1]]));
  changes.push(average.add(frames));
  const { attention, peaks } = average.result;
  const maps = [0, 1].map(map => ({ map: attention.slice(2 * map, 2 * map + 2), peak: peaks[map] }));
  return { before, changes, steps: average.steps, attention: [...attention], peaks, share: shareOf(maps, 1) };
}"""


def test_an_average_is_of_shares_and_of_steps_with_three_times_as_much_noise_as_picture(page: Page) -> None:
    page.goto("/painter")
    got = page.evaluate(AVERAGE)
    assert got["before"] is None
    assert got["changes"] == [True, False, False]
    assert got["steps"] == [0, 1]
    assert got["attention"] == [255, 128, 255, 255]  # 0.4 and 0.2 at two points, 0.1 at both
    assert got["peaks"] == pytest.approx([0.2, 0.05])
    assert got["share"] == pytest.approx(0.15 + 0.05, abs=1e-3)
