"""The player against a server that can be told to misbehave, and runs that are left or called off."""

from __future__ import annotations

import pytest

from tests.browser.fake_server import NOTE, Scenario
from tests.browser.players import UNDER_WAY, put, reading, run_to_the_end, start, state
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)


def test_a_busy_server_is_asked_again_by_itself(page: Page, scenario: Scenario) -> None:
    scenario.refusals = [(503, "The queue is full.", 2)]
    page.goto("/")
    start(page)
    state(page, "busy")
    expect(page.locator("[data-role=status]")).to_contain_text("The queue is full.")
    expect(page.locator("[data-role=announce]")).to_contain_text("The queue is full.")
    state(page, "done")


def test_a_waking_model_starts_the_run_by_itself(page: Page, scenario: Scenario) -> None:
    scenario.is_asleep = True
    page.goto("/")
    expect(page.locator("[data-role=status]")).to_have_text(
        "The model is waking up. You can press the button now; the run starts when the model is ready."
    )
    start(page)
    state(page, "waking")
    scenario.is_asleep = False
    state(page, "done")


def test_a_queued_run_says_how_many_others_share_the_model(page: Page, scenario: Scenario) -> None:
    scenario.ahead = [2, 1]
    page.goto("/")
    start(page)
    expect(page.locator("[data-role=status]")).to_have_text("Waiting for a turn: 2 other runs under way.")
    state(page, "done")


def test_a_dropped_connection_goes_on_after_the_last_frame(page: Page, scenario: Scenario) -> None:
    scenario.cut_after = 20
    page.goto("/")
    run_to_the_end(page)
    assert scenario.resumed == [-1, 20]
    assert len(set(scenario.viewers)) == 1
    page.locator("[data-go=last]").click()
    assert reading(page, "step") == "50 / 50"


def test_a_server_that_stops_is_waited_for_and_the_run_goes_on(page: Page, scenario: Scenario) -> None:
    scenario.leave_after, scenario.step_s = 20, 0.02
    page.goto("/")
    start(page)
    state(page, "leaving")
    expect(page.locator("[data-role=status]")).to_contain_text("The server is restarting")
    page.route("**/api/runs", lambda route: route.abort(), times=1)
    scenario.refusals = [(503, "The queue is full.", 1)]
    state(page, "busy")
    expect(page.locator("[data-role=announce]")).to_contain_text("The run goes on: received 20 of 50 steps.")
    state(page, "done")
    assert scenario.resumed == [-1, 20]
    assert len(set(scenario.viewers)) == len(set(scenario.taken)) == 1
    page.locator("[data-go=last]").click()
    assert reading(page, "step") == "50 / 50"


def test_a_model_that_does_not_answer_is_said_to_until_it_does(page: Page, scenario: Scenario) -> None:
    scenario.silent_after = 20
    page.goto("/")
    start(page)
    state(page, "silent")
    said = page.locator("[data-role=status]")
    expect(said).to_have_text("The model does not answer just now; waiting for it …")
    state(page, "running")
    expect(said).to_have_text("The run goes on: received 20 of 50 steps.")
    state(page, "done")


def test_what_the_server_has_to_say_of_a_run_is_shown_and_said_until_its_end(
    page: Page, scenario: Scenario
) -> None:
    scenario.note_after, scenario.step_s = 10, 0.02
    page.goto("/")
    start(page)
    expect(page.locator("[data-role=announce]")).to_have_text(NOTE)
    expect(page.locator("[data-role=status]")).to_contain_text(f"of 50 steps. {NOTE}")
    state(page, "done")
    expect(page.locator("[data-role=status]")).not_to_contain_text(NOTE)


def test_a_run_that_fails_says_why_and_can_be_started_again(page: Page, scenario: Scenario) -> None:
    scenario.fail_after = 12
    page.goto("/")
    start(page)
    state(page, "failed")
    expect(page.locator("[data-role=status]")).to_contain_text("the engine was stopped in mid-run")
    page.get_by_role("button", name="Start again").click()
    state(page, "done")


def test_a_connection_that_stays_lost_offers_to_start_again(page: Page, scenario: Scenario) -> None:
    scenario.is_gone = True
    page.goto("/")
    start(page)
    state(page, "broken")
    state(page, "lost")
    assert page.locator(".has-frames").count() == 0
    scenario.is_gone = False
    page.get_by_role("button", name="Start again").click()
    state(page, "done")


def test_a_running_run_can_be_cancelled(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.2
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    page.locator("[data-role=cancel]").click()
    state(page, "stopped")
    expect(page.locator("[data-role=start]")).to_be_focused()
    page.wait_for_timeout(300)
    assert scenario.withdrawn == scenario.viewers != [""]


def test_a_run_that_waits_for_a_busy_server_can_be_called_off(page: Page, scenario: Scenario) -> None:
    scenario.refusals = [(503, "The queue is full.", 60)]
    page.goto("/")
    start(page)
    state(page, "busy")
    page.locator("[data-role=cancel]").click()
    state(page, "stopped")
    expect(page.locator("[data-role=status]")).to_have_text("Cancelled.")
    page.wait_for_timeout(1200)
    state(page, "stopped")
    assert scenario.posted == []


def test_a_press_with_a_wrong_setting_leaves_the_run_alone(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.1
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    put(page, "steps", "0")
    page.locator("[name=steps]").press("Enter")
    expect(page.locator("[data-role=form-fault]")).to_contain_text("from 1 to 1000")
    state(page, "running")
    state(page, "done")


def test_a_run_that_waits_shows_nothing_of_the_run_before(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
    assert reading(page, "step") == "50 / 50"
    scenario.ahead = [2, 2, 1]
    put(page, "seed", "8")
    start(page)
    state(page, "queued")
    assert [reading(page, name) for name in ("step", "t", "sigma")] == ["\u2013"] * 3
    assert page.locator("[data-role=scrubber]").input_value() == "0"
    state(page, "done")


def test_a_hidden_page_closes_its_stream_and_goes_on_when_seen(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.05
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    hide = "isHidden => { Object.defineProperty(document, 'hidden', {value: isHidden, configurable: true});"
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    page.wait_for_timeout(500)
    assert len(scenario.resumed) == 1
    page.evaluate(hide, False)
    state(page, "done")
    assert len(scenario.resumed) == 2
    assert scenario.resumed[1] >= 3
    page.locator("[data-go=last]").click()
    assert reading(page, "step") == "50 / 50"


def test_missing_weights_are_said_where_the_player_would_be(page: Page) -> None:
    page.goto("/broken")
    expect(page.locator(".player-fault")).to_contain_text("The weights are missing")
    assert page.locator("denoising-player").count() == 0
