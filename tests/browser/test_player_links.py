"""Links to one frame of one run: what they restore, and what of them makes no sense."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import UNDER_WAY, paint, put, reading, run_to_the_end, start, state
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)


def test_a_link_restores_settings_and_frame(page: Page, scenario: Scenario) -> None:
    page.goto("/#player-1?label=4&seed=12&count=4&sampler=ddim&steps=8&guidance=3&eta=0.5&grid=rho7&frame=5")
    state(page, "done")
    assert reading(page, "step") == "5 / 8"
    posted = scenario.posted[0]
    assert (posted["label"], posted["seed"], posted["count"], posted["eta"]) == ("4", 12, 4, 0.5)
    expect(page).to_have_url(re.compile("frame=5$"))
    page.locator("[data-go=forward]").click()
    expect(page).to_have_url(re.compile("frame=6$"))
    link = page.locator("[data-role=permalink]").get_attribute("href")
    assert link is not None and link.endswith("frame=6")


@pytest.mark.parametrize("eta", ["0.3333333", "1e-7", "0", "1"])
def test_a_link_may_have_any_number_that_its_field_may(page: Page, scenario: Scenario, eta: str) -> None:
    page.goto(f"/#player-1?steps=3&guidance=2.123456789&eta={eta}")
    state(page, "done")
    expect(page.locator("[data-role=link-note]")).to_be_hidden()
    assert (scenario.posted[0]["eta"], scenario.posted[0]["guidance"]) == (float(eta), 2.123456789)


def test_a_link_that_makes_no_sense_changes_nothing_and_is_named(page: Page) -> None:
    page.goto("/#player-1?label=zebra&seed=-4&steps=1e9&guidance=Infinity&frame=999&count=2")
    expect(page.locator("[data-role=link-note]")).to_contain_text("label, seed, steps, guidance, frame")
    assert page.locator("[name=seed]").input_value() == "3"
    assert page.locator("[name=steps]").input_value() == "50"
    assert page.locator("[name=count]").input_value() == "2"
    page.goto("/#player-1?seed=1.5&steps=0x10&guidance=2,000&eta=1.01&count=")
    expect(page.locator("[data-role=link-note]")).to_contain_text("seed, steps, guidance, eta, count")


def test_a_link_carries_prompts_and_maps(page: Page, scenario: Scenario) -> None:
    paint(page, "Haus, house & hills + 50%")
    link = page.locator("[data-role=permalink]").get_attribute("href")
    page.goto("about:blank")
    page.goto(f"/painter{link}")
    assert page.locator("[name=prompt]").input_value() == "Haus, house & hills + 50%"
    expect(page.locator("[name=attention]")).to_be_checked()
    state(page, "done")
    first, second = scenario.posted[-2:]
    assert first == second


def test_a_link_without_prompts_clears_them_and_nonsense_is_named(page: Page) -> None:
    page.goto("/painted#player-1?label=7&attention=maybe&negative_prompt=night&count=2")
    expect(page.locator("[data-role=link-note]")).to_contain_text("left as it was: label, attention.")
    assert page.locator("[name=prompt]").input_value() == ""
    assert page.locator("[name=negative_prompt]").input_value() == "night"
    expect(page.locator("[name=attention]")).not_to_be_checked()
    page.goto(f"/painted#player-1?prompt={'a' * 501}")
    expect(page.locator("[data-role=link-note]")).to_contain_text("left as it was: prompt.")
    assert page.locator("[name=prompt]").input_value() == ""


def test_a_prompt_too_long_for_a_link_is_run_and_said_to_be(page: Page, scenario: Scenario) -> None:
    paint(page, "house " + "🚀" * 200, attention=False)
    assert len(scenario.posted[0]["prompt"]) == 206
    page.locator(".player-keep > summary").click()
    expect(page.locator("[data-role=no-link]")).to_be_visible()
    expect(page.locator("[data-role=permalink]")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#player-1$"))
    paint(page, "house " + "tree " * 90, attention=False)
    page.locator(".player-keep > summary").click()
    expect(page.locator("[data-role=no-link]")).to_be_hidden()
    expect(page.locator("[data-role=permalink]")).to_be_visible()


def test_a_change_after_a_link_is_a_run_of_its_own_and_plays(page: Page) -> None:
    page.goto("/#player-1?seed=12&steps=8&frame=5")
    state(page, "done")
    expect(page.locator("[data-read=step]")).to_have_text("5 / 8")
    put(page, "seed", "13")
    run_to_the_end(page)
    expect(page.locator("[data-read=step]")).to_have_text("8 / 8")


def test_the_address_of_another_place_is_left_alone_until_the_viewer_moves_again(
    page: Page, scenario: Scenario
) -> None:
    scenario.step_s = 0.05
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    page.evaluate("() => { location.hash = 'elsewhere'; }")
    state(page, "done")
    expect(page.locator("[data-read=step]")).to_have_text("50 / 50")
    page.wait_for_timeout(600)
    assert page.url.endswith("/#elsewhere")
    page.locator("[data-go=back]").click()
    expect(page).to_have_url(re.compile("#player-1.*frame=49$"))


def test_a_link_runs_by_itself_and_shows_its_frame_still(page: Page, scenario: Scenario) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/lesson#player-1?label=4&seed=12&steps=8&frame=5")
    state(page, "done")
    assert len(scenario.posted) == 1
    assert reading(page, "step") == "5 / 8"
    expect(page.locator("[data-go=play]")).to_have_attribute("aria-label", "Play")
    expect(page.locator("[data-pane=x0_hat] canvas")).to_be_in_viewport()


def test_a_link_without_a_frame_plays(page: Page) -> None:
    page.goto("/lesson#player-1?seed=12&steps=8")
    state(page, "done")
    expect(page.locator("[data-read=step]")).to_have_text("8 / 8")


def test_a_link_to_one_plate_runs_that_one_alone(page: Page, scenario: Scenario) -> None:
    page.goto("/two#player-2?label=5&seed=12&steps=8&frame=5")
    expect(page.locator("#player-2 [data-read=step]")).to_have_text("5 / 8")
    expect(page.locator("#player-1 denoising-player")).to_have_attribute("data-state", "idle")
    assert [asked["label"] for asked in scenario.posted] == ["5"]


def test_a_link_to_a_plate_as_it_stands_runs_it_once(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson#player-1")
    state(page, "done")
    assert [(asked["label"], asked["seed"]) for asked in scenario.posted] == [("7", 3)]
    page.evaluate("() => { location.hash = 'plate-1'; }")
    page.evaluate("() => { location.hash = 'player-1'; }")
    page.wait_for_timeout(300)
    assert len(scenario.posted) == 1


@pytest.mark.parametrize("place", ["", "#plate-1"])
def test_a_visit_without_a_link_to_the_plate_runs_nothing(page: Page, scenario: Scenario, place: str) -> None:
    page.goto(f"/lesson{place}")
    expect(page.locator("[data-role=device]")).to_contain_text("Runs on")
    page.wait_for_timeout(300)
    assert scenario.posted == []


def test_a_link_runs_on_a_slow_machine_too_with_the_steps_that_it_says(
    page: Page, scenario: Scenario
) -> None:
    scenario.rate = 5.0
    page.goto("/lesson#player-1?seed=12&steps=100&frame=5")
    state(page, "done")
    assert [asked["steps"] for asked in scenario.posted] == [100]
    assert reading(page, "step") == "5 / 100"


def test_a_page_loaded_again_in_mid_run_shows_the_newest_run(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson#player-1?seed=12&steps=8&frame=5")
    state(page, "done")
    scenario.step_s = 0.2
    put(page, "seed", "13")
    start(page)
    state(page, "running")
    page.reload()
    state(page, "running")
    assert page.locator("[name=seed]").input_value() == "13"
    assert [asked["seed"] for asked in scenario.posted] == [12, 13, 13]
    expect(page.locator("[data-go=play]")).to_have_attribute("aria-label", "Pause")  # it plays


def test_a_run_too_long_for_a_link_does_not_leave_the_address_of_the_one_before(page: Page) -> None:
    paint(page, "house", attention=False)
    expect(page).to_have_url(re.compile("prompt=house"))
    put(page, "prompt", "house " + "🚀" * 200)
    start(page)
    expect(page).to_have_url(re.compile("#player-1$"))


def test_what_of_a_link_did_not_hold_is_said_until_something_is_changed(page: Page) -> None:
    page.goto("/lesson#player-1?label=zebra&seed=12&steps=8")
    state(page, "done")
    note = page.get_by_role("status").filter(
        has_text="Not understood in the link, and left as it was: label."
    )
    expect(note).to_be_visible()
    put(page, "seed", "13")
    expect(page.locator("[data-role=link-note]")).to_be_hidden()
