"""What a changed setting does on a player that has run: it runs again where that is cheap."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import PIXELS, UNDER_WAY, paint, put, reading, run_to_the_end, start, state
from tests.browser.playwright_names import Locator, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

CHANGED = "Changed: press Start to run it."
LONGEST_PAUSE_MS = 900  # by then a change that runs again has been posted
JUDGED = """async () => {
  const { judge } = await import("/static/labs/player/reaction.js");
  const sound = { hasRun: true, isSame: false, isSound: true, seconds: 0.5 };
  return [{}, { seconds: 1 }, { seconds: 1.1 }, { seconds: null }, { isSound: false }, { isSame: true },
    { hasRun: false }].map(change => judge({ ...sound, ...change }));
}"""


def made(page: Page) -> Locator:
    return page.locator("[data-role=made]")


def posts(page: Page, scenario: Scenario, count: int) -> None:
    """Wait for so many runs in all, and see that no further one follows."""
    for _ in range(100):
        if len(scenario.posted) >= count:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(LONGEST_PAUSE_MS)
    assert len(scenario.posted) == count


def test_a_change_is_judged_by_what_it_costs_and_by_what_is_on_show(page: Page) -> None:
    page.goto("/lesson")
    assert page.evaluate(JUDGED) == ["cheap", "cheap", "dear", "dear", "wrong", "same", "none"]


def test_a_change_before_anything_has_run_starts_nothing(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    page.locator("[name=label]").select_option("4")
    put(page, "seed", "8")
    page.locator("[data-role=dice]").click()
    posts(page, scenario, 0)
    expect(page.locator("[data-role=status]")).to_be_empty()
    expect(made(page)).to_be_hidden()


def test_a_cheap_change_runs_at_once_in_place_of_the_run_before(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[name=label]").select_option("4")
    posts(page, scenario, 2)
    state(page, "done")
    assert [asked["label"] for asked in scenario.posted] == ["7", "4"]
    assert scenario.replaced == ["", scenario.taken[0]]
    expect(made(page)).to_be_hidden()
    start(page)
    posts(page, scenario, 3)
    assert scenario.replaced[2] == ""  # a press is a run of its own


def test_a_change_keeps_the_place_at_which_the_viewer_stands(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[data-role=scrubber]").fill("20")
    before = page.evaluate(PIXELS, "x0_hat")
    put(page, "seed", "8")
    posts(page, scenario, 2)
    state(page, "done")
    assert reading(page, "step") == "20 / 50"
    assert page.evaluate(PIXELS, "x0_hat") != before
    page.locator(".more > summary").click()
    put(page, "steps", "10")
    posts(page, scenario, 3)
    state(page, "done")
    assert reading(page, "step") == "4 / 10"


def test_typing_waits_for_a_pause_and_is_one_run(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[name=seed]").fill("1")
    page.locator("[name=seed]").press_sequentially("2345", delay=40)
    assert len(scenario.posted) == 1
    posts(page, scenario, 2)
    assert scenario.posted[1]["seed"] == 12345


def test_entries_that_are_passed_over_in_a_list_are_one_run(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[name=label]").evaluate("""list => {
      for (const value of ["1", "2", "3", "4"]) {
        list.value = value;
        list.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")
    posts(page, scenario, 2)
    assert scenario.posted[1]["label"] == "4"


def test_a_throw_of_the_dice_runs_again(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[data-role=dice]").click()
    posts(page, scenario, 2)
    assert scenario.posted[1]["seed"] == int(page.locator("[name=seed]").input_value()) != 3


def test_a_word_of_the_vocabulary_runs_again(page: Page, scenario: Scenario) -> None:
    paint(page, "a house", attention=False)
    page.locator(".words summary").click()
    page.get_by_role("button", name="red", exact=True).click()
    posts(page, scenario, 2)
    assert scenario.posted[1]["prompt"] == "a house red"


def test_a_change_in_mid_run_replaces_the_run_under_way(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.1
    page.goto("/lesson")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    scenario.step_s = 0.01
    page.locator("[name=label]").select_option("4")
    posts(page, scenario, 2)
    state(page, "done")
    assert scenario.replaced == ["", scenario.taken[0]]
    assert scenario.resumed == [-1, -1]


def test_a_change_that_costs_much_says_so_and_starts_nothing(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator(".more > summary").click()
    put(page, "steps", "1000")
    expect(page.locator("[data-role=status]")).to_have_text(CHANGED)
    posts(page, scenario, 1)
    expect(made(page)).to_have_text("These pictures are of: steps 50.")
    put(page, "steps", "50")
    expect(page.locator("[data-role=status]")).to_be_empty()
    expect(made(page)).to_be_hidden()
    posts(page, scenario, 1)  # what is on show is what is asked for


def test_a_dear_change_in_mid_run_is_still_said_when_the_run_has_ended(
    page: Page, scenario: Scenario
) -> None:
    scenario.step_s = 0.05
    page.goto("/lesson")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    page.locator(".more > summary").click()
    put(page, "steps", "1000")
    state(page, "done")
    expect(page.locator("[data-role=status]")).to_have_text(re.compile(f"^Finished: 50 steps.* {CHANGED}$"))
    put(page, "steps", "50")
    expect(page.locator("[data-role=status]")).to_be_empty()
    assert len(scenario.posted) == 1


def test_the_pictures_say_exactly_which_settings_of_theirs_the_form_has_not(
    page: Page,
) -> None:
    page.goto("/lesson")
    page.locator(".more > summary").click()
    run_to_the_end(page)
    expect(made(page)).to_be_hidden()
    put(page, "steps", "300")
    put(page, "seed", "8")
    expect(made(page)).to_have_text("These pictures are of: seed 3, steps 50.")
    page.locator("[name=sampler]").select_option("ddpm")
    expect(made(page)).to_have_text(
        "These pictures are of: seed 3, sampler DDIM, steps 50, fresh noise eta 0."
    )
    page.locator("[name=sampler]").select_option("ddim")
    put(page, "seed", "3")
    expect(made(page)).to_have_text("These pictures are of: steps 50.")
    start(page)
    expect(made(page)).to_be_hidden()
    state(page, "done")
    expect(made(page)).to_be_hidden()


def test_a_wrong_setting_runs_nothing_until_it_is_put_right(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    put(page, "seed", "")
    posts(page, scenario, 1)
    expect(page.locator("[data-role=form-fault]")).to_be_hidden()  # one who types is not interrupted
    put(page, "seed", "9")
    posts(page, scenario, 2)


def test_a_press_right_after_a_change_is_one_run(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    put(page, "seed", "8")
    start(page)
    posts(page, scenario, 2)
    assert scenario.replaced == ["", ""]


def test_another_plates_start_calls_a_change_off(page: Page, scenario: Scenario) -> None:
    page.goto("/two")
    first, second = page.locator("#player-1"), page.locator("#player-2")
    first.locator("[data-role=start]").click()
    expect(first.locator("denoising-player")).to_have_attribute("data-state", "done")
    first.locator("[name=seed]").fill("8")
    second.locator("[data-role=start]").click()
    posts(page, scenario, 2)
    assert [asked["label"] for asked in scenario.posted] == ["7", "4"]
    expect(first.locator("[data-role=made]")).to_have_text("These pictures are of: seed 3.")


def test_the_speed_and_the_scrubber_are_no_settings(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[data-role=speed]").select_option("2")
    page.locator("[data-role=show-noise]").uncheck()
    page.locator("[data-role=scrubber]").fill("9")
    posts(page, scenario, 1)


def test_a_wrong_value_is_named_when_its_field_is_left(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    put(page, "seed", "-3")
    page.locator("[name=seed]").press("Tab")
    fault = page.locator("[data-role=form-fault]")
    expect(fault).to_contain_text("Seed must be a whole number from 0")
    expect(page.locator("[name=seed]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=seed]")).not_to_be_focused()
    posts(page, scenario, 1)
    put(page, "seed", "4")
    expect(fault).to_be_hidden()
