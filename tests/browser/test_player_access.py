"""The player by keyboard alone, on narrow and on wide screens, and what axe finds in it."""

from __future__ import annotations

import pytest

from tests.browser.axe import violations
from tests.browser.fake_server import Scenario
from tests.browser.players import TOO_SMALL, put, reading, run_to_the_end, state, words
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

FOCUSED = """(element => element.name || element.dataset.role || element.dataset.go || element.dataset.keep
  || element.tagName)(document.activeElement)"""


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.locator("[data-role=start]").focus()
    page.keyboard.press("Enter")
    state(page, "done")
    page.locator("[data-role=panes]").focus()
    page.keyboard.press("Home")
    assert reading(page, "step") == "0 / 50"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert reading(page, "step") == "1 / 50"
    page.keyboard.press("Space")
    expect(page.locator("[data-go=play]")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press("Space")
    expect(page.locator("[data-go=play]")).to_have_attribute("aria-label", "Play")
    page.keyboard.press("End")
    assert reading(page, "step") == "50 / 50"
    page.locator("[data-role=scrubber]").focus()
    page.keyboard.press("ArrowLeft")
    assert reading(page, "step") == "49 / 50"


def test_every_control_is_reached_by_tab(page: Page) -> None:
    page.goto("/")
    run_to_the_end(page)
    for fold in (".more", ".player-code", ".player-keep"):
        page.locator(f"{fold} > summary").click()
    reached = set()
    page.locator("[data-role=panes]").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    wanted = {"start", "play", "speed", "show-noise", "scrubber", "label", "seed", "dice", "steps"}
    wanted |= {"eta", "grid", "describe", "copy"}
    assert wanted | {"guidance", "count", "sampler", "SUMMARY", "gif", "png", "strip", "permalink"} <= reached


def test_keys_typed_into_a_field_do_not_move_the_player(page: Page) -> None:
    page.goto("/")
    run_to_the_end(page)
    page.locator("[data-role=scrubber]").fill("20")
    page.locator("[name=seed]").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert reading(page, "step") == "20 / 50"
    page.locator("#elsewhere").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    assert reading(page, "step") == "20 / 50"
    assert page.locator("#elsewhere").input_value() == " "


def test_the_focus_is_not_lost_when_a_run_ends_under_it_or_another_begins(
    page: Page, scenario: Scenario
) -> None:
    scenario.step_s = 0.02
    page.goto("/")
    page.locator("[data-role=start]").focus()
    page.keyboard.press("Enter")
    state(page, "running")
    page.locator("[data-role=cancel]").focus()
    state(page, "done")
    expect(page.locator("[data-role=start]")).to_be_focused()
    page.locator("[name=seed]").fill("8")
    page.locator("[name=seed]").press("Enter")
    page.locator("[data-go=back]").focus()
    state(page, "done")
    expect(page.locator("[data-go=back]")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/solver")
    assert violations(page) == []
    run_to_the_end(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (320, "light")])
def test_axe_finds_nothing_in_prompts_and_maps(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/painted")
    put(page, "prompt", "a red house and a castle on hills " * 4)
    page.locator(".words summary").click()
    assert violations(page) == []
    run_to_the_end(page)
    words(page).nth(1).click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []
