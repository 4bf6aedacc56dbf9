"""Controls that a plate fixes are sent, seen or not; neither a link nor a slow machine changes them."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import put, run_to_the_end, state
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

FIXED = {"label": "7", "seed": 3, "steps": 8, "eta": 0.5}


def test_fixed_values_are_sent_with_what_a_learner_sets(page: Page, scenario: Scenario) -> None:
    page.goto("/fixed")
    steps = page.locator(".field:has([type=hidden][name=steps])")
    expect(steps).to_contain_text("8")
    expect(steps).to_contain_text("Fixed for this plate.")
    expect(page.get_by_text("Seed", exact=True)).to_have_count(0)
    expect(page.locator("[data-role=dice]")).to_have_count(0)
    put(page, "count", "2")
    expect(page.locator("[data-role=start] [data-role=cost]")).to_have_text(re.compile("^8 steps for 2 pict"))
    run_to_the_end(page)
    (posted,) = scenario.posted
    assert {name: posted[name] for name in FIXED} == FIXED
    assert posted["count"] == 2


def test_a_fixed_eta_is_left_out_with_a_sampler_that_has_none(page: Page, scenario: Scenario) -> None:
    page.goto("/fixed")
    page.locator("[name=sampler]").select_option("ddpm")
    run_to_the_end(page)
    assert "eta" not in scenario.posted[0]


def test_a_link_cannot_change_what_is_fixed_and_says_so(page: Page, scenario: Scenario) -> None:
    page.goto("/fixed#player-1?label=4&seed=12&count=2&steps=20&eta=0.50&grid=rho7&frame=5")
    expect(page.locator("[data-role=link-note]")).to_have_text(
        "Fixed for this plate, whatever the link says: label, seed, steps."
    )
    state(page, "done")
    (posted,) = scenario.posted
    assert {name: posted[name] for name in FIXED} == FIXED
    assert (posted["count"], posted["grid"]) == (2, "rho7")
    expect(page.locator("[data-read=step]")).to_have_text("5 / 8")


def test_a_link_from_such_a_plate_leads_back_to_it_without_a_word(page: Page) -> None:
    page.goto("/fixed")
    put(page, "count", "2")
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
    link = page.locator("[data-role=permalink]").get_attribute("href")
    page.goto("about:blank")
    page.goto(f"/fixed{link}")
    state(page, "done")
    expect(page.locator("[data-read=step]")).to_have_text("8 / 8")
    expect(page.locator("[data-role=link-note]")).to_be_hidden()
    assert page.locator("[name=count]").input_value() == "2"


def test_a_slow_machine_does_not_change_fixed_steps(page: Page, scenario: Scenario) -> None:
    scenario.rate = 0.5
    page.goto("/fixed")
    expect(page.locator("[data-role=device]")).to_contain_text("Runs on")
    expect(page.locator("[data-role=status]")).to_be_empty()
    run_to_the_end(page)
    assert scenario.posted[0]["steps"] == 8


def test_a_refusal_of_a_fixed_value_is_said_without_a_field(page: Page) -> None:
    page.goto("/fixed")
    page.locator("[name=eta]").evaluate("field => { field.value = '5' }")
    page.locator("[data-role=start]").click()
    state(page, "failed")
    expect(page.locator("[data-role=form-fault]")).to_contain_text("eta")
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_a_fixed_prompt_and_its_maps_are_sent_and_a_link_does_not_clear_them(
    page: Page, scenario: Scenario
) -> None:
    page.goto("/fixed-prompt#player-1?negative_prompt=night&attention=false&prompt=tree")
    expect(page.locator("[data-role=link-note]")).to_contain_text(
        "whatever the link says: attention, prompt."
    )
    expect(page.locator(".field").filter(has_text="Prompt").first).to_contain_text("a red house")
    expect(page.locator("[data-word]")).to_have_count(0)
    state(page, "done")
    (posted,) = scenario.posted
    assert (posted["prompt"], posted["negative_prompt"]) == ("a red house", "night")
    assert (posted["attention"], posted["sampler"]) == (True, "ddim")
    expect(page.locator(".word-map")).to_have_count(2)


def test_fixed_values_are_sent_without_javascript(browser: Browser, server: tuple[str, Scenario]) -> None:
    context = browser.new_context(base_url=server[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/fixed")
    page.locator("[data-role=start]").click()
    for pair in ("model=digits", "label=7", "seed=3", "steps=8", "eta=0.5", "count=1", "sampler=ddim"):
        assert pair in page.content()
    context.close()
