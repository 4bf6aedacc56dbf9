"""The player's form: what may be set, what a run costs, and how it works without JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import put, run_to_the_end, start, state
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)


def test_eta_belongs_to_ddim_alone_and_says_so(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    page.locator(".more > summary").click()
    expect(page.locator("[name=eta]")).to_be_enabled()
    page.locator("[name=sampler]").select_option("ddpm")
    expect(page.locator("[name=eta]")).to_be_disabled()
    expect(page.locator("[data-role=eta-off]")).to_contain_text("Only DDIM")
    put(page, "steps", "3")
    run_to_the_end(page)
    assert "eta" not in scenario.posted[0]


LONGEST = """select => {
  const pen = document.createElement("canvas").getContext("2d");
  const { font, paddingLeft, paddingRight } = getComputedStyle(select);
  pen.font = font;
  const widest = Math.max(...[...select.options].map(option => pen.measureText(option.text).width));
  return widest + parseFloat(paddingLeft) + parseFloat(paddingRight) + ARROW - select.clientWidth;
}""".replace("ARROW", "20")


@pytest.mark.parametrize("width", [360, 390, 700, 1366])
@pytest.mark.parametrize("name", ["grid", "sampler"])
def test_no_entry_of_a_long_menu_is_cut(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/")
    page.locator(".more > summary").click()
    assert page.locator(f"select[name={name}]").evaluate(LONGEST) <= 0


def test_settings_that_cannot_be_are_refused_at_their_field(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    put(page, "steps", "0")
    start(page)
    expect(page.locator("[data-role=form-fault]")).to_have_text(
        "Steps must be a whole number from 1 to 1000."
    )
    expect(page.locator("[name=steps]")).to_be_focused()
    put(page, "steps", "500")
    put(page, "count", "16")
    start(page)
    expect(page.locator("[data-role=form-fault]")).to_contain_text("too much at once")
    assert scenario.posted == []


def test_a_refused_prompt_is_refused_at_its_field(page: Page) -> None:
    page.goto("/painter")
    page.locator("[name=prompt]").evaluate("field => { field.value = 'a'.repeat(501) }")
    start(page)
    state(page, "failed")
    expect(page.locator("[name=prompt]")).to_be_focused()
    expect(page.locator("[data-role=form-fault]")).to_contain_text("at most 500 letters")


def test_the_button_says_what_a_run_costs(page: Page) -> None:
    page.goto("/")
    cost = page.locator("[data-role=start] [data-role=cost]")
    expect(cost).to_have_text("50 steps, under a second")
    put(page, "steps", "200")
    put(page, "count", "9")
    expect(cost).to_have_text("200 steps for 9 pictures, about 5 s")


def test_a_slow_machine_is_offered_fewer_steps(page: Page, scenario: Scenario) -> None:
    scenario.rate = 5.0
    page.goto("/")
    expect(page.locator("[data-role=status]")).to_contain_text("25 steps are set to begin with")
    assert page.locator("[name=steps]").input_value() == "25"


@pytest.mark.parametrize(("grid", "offered"), [("uniform", 5), ("rho7", 10)])
def test_no_machine_is_so_slow_that_it_is_offered_fewer_steps_than_a_grid_takes(
    page: Page, scenario: Scenario, grid: str, offered: int
) -> None:
    scenario.rate = 0.5
    page.goto(f"/{grid}")
    expect(page.locator("[data-role=status]")).to_contain_text(f"{offered} steps are set to begin with")


def test_a_run_costs_twice_as_much_where_guidance_has_two_prompts_to_tell_apart(page: Page) -> None:
    page.goto("/painter")
    cost = page.locator("[data-role=start] [data-role=cost]")
    put(page, "steps", "200")
    put(page, "count", "8")
    expect(cost).to_have_text("200 steps for 8 pictures, about 2 s")
    put(page, "prompt", "house")
    expect(cost).to_have_text("200 steps for 8 pictures, about 4 s")
    page.locator(".more > summary").click()
    for prompt, negative, seconds in (
        ("castle", "", 2),  # which the model reads nothing of
        ("house", "Home!", 2),  # which are the same to it
        ("house", "castle", 4),
        ("castle", "house", 4),
    ):
        put(page, "prompt", prompt)
        put(page, "negative_prompt", negative)
        expect(cost).to_have_text(f"200 steps for 8 pictures, about {seconds} s")
    put(page, "guidance", "0.0000001")
    expect(cost).to_have_text("200 steps for 8 pictures, about 2 s")


def test_a_run_with_maps_does_not_change_what_others_are_said_to_cost(page: Page) -> None:
    page.goto("/painter")
    put(page, "prompt", "house")
    put(page, "steps", "20")
    page.locator("[name=attention]").check()
    run_to_the_end(page)
    cost = page.locator("[data-role=start] [data-role=cost]")
    put(page, "steps", "400")
    expect(cost).to_have_text("400 steps, about 1 s")  # at the server's 800 rows a second
    page.locator("[name=attention]").uncheck()
    put(page, "steps", "20")
    run_to_the_end(page)
    put(page, "steps", "400")
    expect(cost).to_have_text("400 steps, about 8 s")  # at the 100 a second that the run without maps had


def test_fewer_steps_than_a_grid_takes_are_not_asked_for(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    put(page, "steps", "6")
    page.locator(".more > summary").click()
    page.locator("[name=grid]").select_option("rho7")
    start(page)
    expect(page.locator("[data-role=form-fault]")).to_have_text(
        "Spread this way, there must be at least 7 steps."
    )
    expect(page.locator("[name=steps]")).to_be_focused()
    assert scenario.posted == []
    put(page, "steps", "7")
    run_to_the_end(page)
    assert [asked["grid"] for asked in scenario.posted] == ["rho7"]


def test_the_form_works_without_javascript(browser: Browser, server: tuple[str, Scenario]) -> None:
    context = browser.new_context(base_url=server[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("[data-role=start]").click()
    assert page.url.endswith("/runs")
    for pair in ("model=digits", "label=7", "seed=3", "count=1", "sampler=ddim", "steps=50", "grid=uniform"):
        assert pair in page.content()
    context.close()


def test_prompts_work_without_javascript_and_the_vocabulary_is_text(
    browser: Browser, server: tuple[str, Scenario]
) -> None:
    context = browser.new_context(base_url=server[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/painted")
    page.locator(".words summary").click()
    expect(page.locator("[data-word=windmill]")).to_be_visible()
    assert page.locator(".words button").count() == 0
    expect(page.locator("[name=attention]")).to_be_hidden()
    put(page, "prompt", "tree by day")
    page.locator("[data-role=start]").click()
    assert "prompt=tree by day, " in page.content()
    assert "negative_prompt=fog" in page.content()
    assert "attention" not in page.content()
    context.close()
