"""A player on one screen: what is seen at once after a press, and what those hear who do not see it."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import PIXELS, UNDER_WAY, put, reading, run_to_the_end, start, state
from tests.browser.playwright_names import Locator, Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

SCREENS = [(1366, 625), (390, 664), (320, 568)]
PARTS = {
    "x_t": "[data-pane=x_t] .pane-sheet",
    "x0_hat": "[data-pane=x0_hat] .pane-sheet",
    "start": "[data-role=start]",
    "scrubber": "[data-role=scrubber]",
    "play": "[data-go=play]",
    "curve": "[data-role=curve]",
}
CUT_OFF = """parts => Object.entries(parts).filter(([, selector]) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const isWhole = box.width && box.top >= 0 && box.left >= 0 && box.right <= innerWidth;
  return !(isWhole && box.bottom <= innerHeight);
}).map(([name]) => name)"""
TO_THE_TOP = "player => scrollTo(0, scrollY + player.getBoundingClientRect().top - 30)"
SIZES = "() => ['x_t', 'x0_hat'].map(p => document.querySelector(`[data-pane=${p}] canvas`).offsetWidth)"


def announced(page: Page, plate: int = 1) -> Locator:
    return page.locator(f"#player-{plate} [data-role=announce]")


def label_of(page: Page, pane: str) -> str:
    return page.locator(f"[data-pane={pane}] canvas").first.get_attribute("aria-label") or ""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_after_one_press_all_that_moves_and_moves_it_is_in_view(
    page: Page, scenario: Scenario, width: int, height: int, motion: str
) -> None:
    scenario.step_s = 0.05
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/lesson")
    assert page.evaluate(CUT_OFF, PARTS) != []
    start(page)
    page.wait_for_function(f"parts => ({CUT_OFF})(parts).length === 0", arg=PARTS, timeout=3000)
    state(page, "done")
    assert page.evaluate(CUT_OFF, PARTS) == []
    noisy, guess = page.evaluate(SIZES)
    assert noisy == guess >= width / 4 or width > 1000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_run_started_from_a_folded_setting_is_brought_into_view(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/lesson")
    page.locator(".more > summary").click()
    put(page, "steps", "20")
    page.locator("[name=eta]").scroll_into_view_if_needed()
    page.locator("[name=steps]").press("Enter")
    page.wait_for_function(f"parts => ({CUT_OFF})(parts).length === 0", arg=PARTS, timeout=3000)


def test_a_press_with_all_in_view_does_not_move_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto("/lesson")
    page.locator("denoising-player").evaluate(TO_THE_TOP)
    before = page.evaluate("scrollY")
    run_to_the_end(page)
    assert page.evaluate("scrollY") == before


def test_start_is_at_most_six_tab_stops_behind_the_beginning_of_its_plate(page: Page) -> None:
    page.goto("/covered")
    page.locator("#plate-1").evaluate("heading => { heading.tabIndex = -1; heading.focus(); }")
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(({ dataset, name }) => dataset.role ?? name)(document.activeElement)"))
    assert "start" in reached
    assert reached[:2] == ["panes", "uncover"]


def test_only_what_the_plate_is_about_stands_before_its_folds(page: Page) -> None:
    page.goto("/lesson")
    for name in ("label", "seed"):
        expect(page.locator(f"[name={name}]")).to_be_visible()
    for name in ("steps", "guidance", "count", "sampler", "eta", "grid"):
        expect(page.locator(f"[name={name}]")).to_be_hidden()
    for name in ("step", "noise"):
        expect(page.locator(f"[data-read={name}]")).to_be_visible()
    for name in ("t", "alpha_bar", "sigma", "snr"):
        expect(page.locator(f"[data-read={name}]")).to_be_hidden()
    page.locator(".player-code > summary").click()
    expect(page.locator("[data-read=alpha_bar]")).to_be_visible()
    expect(page.locator(".code-of:visible .code").first).to_be_visible()
    page.locator(".more > summary").click()
    expect(page.locator("[name=grid]")).to_be_visible()


def test_a_folded_setting_that_is_changed_is_named_on_the_fold(page: Page) -> None:
    page.goto("/lesson")
    page.locator(".more > summary").click()
    put(page, "steps", "20")
    page.locator("[name=grid]").select_option("rho7")
    page.locator(".more > summary").click()
    expect(page.locator("[data-role=set]")).to_have_text(re.compile(r"^steps 20, .+"))


def test_a_folded_setting_that_is_wrong_is_unfolded(page: Page, scenario: Scenario) -> None:
    page.goto("/lesson")
    page.locator(".more > summary").click()
    put(page, "steps", "0")
    page.locator(".more > summary").click()
    start(page)
    expect(page.locator("[name=steps]")).to_be_focused()
    assert scenario.posted == []


def test_the_third_pane_is_off_at_first_where_the_plate_is_narrow(page: Page) -> None:
    third = page.locator("[data-pane=eps_hat]")
    page.set_viewport_size({"width": 390, "height": 664})
    page.goto("/lesson")
    expect(third).to_be_hidden()
    page.locator("[data-role=show-noise]").check()
    expect(third).to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 625})
    page.goto("/lesson?wide")
    expect(third).to_be_visible()
    page.locator("[data-role=show-noise]").uncheck()
    expect(third).to_be_hidden()


def test_a_covered_guess_is_hidden_until_it_is_uncovered(page: Page) -> None:
    page.goto("/covered")
    guess = page.get_by_role("img", name="The model's guess of the clean picture")
    cover = page.get_by_role("button", name="Covered: press to see the guess")
    expect(cover).to_be_visible()
    run_to_the_end(page)
    expect(guess).to_have_count(0)  # for a screen reader neither
    expect(page.locator("[data-pane=x0_hat] canvas")).to_be_hidden()
    expect(page.get_by_role("img", name="The noisy picture")).to_be_visible()
    cover.click()
    expect(guess).to_be_visible()
    expect(cover).to_have_count(0)
    expect(page.locator("[data-role=panes]")).to_be_focused()
    run_to_the_end(page)
    expect(guess).to_be_visible()


def test_the_start_is_announced_and_the_end_when_it_is_shown(page: Page) -> None:
    page.goto("/lesson")
    start(page)
    expect(announced(page)).to_have_text("The run has started: 50 steps.")
    state(page, "done")
    assert int(reading(page, "step").split()[0]) < 40  # the frames are here sooner than they are shown
    expect(announced(page)).to_have_text("The run has started: 50 steps.")
    expect(page.locator("[data-read=step]")).to_have_text("50 / 50", timeout=15_000)
    expect(announced(page)).to_contain_text("Finished: 50 steps")


def test_a_viewer_who_goes_to_the_end_hears_of_it_once(page: Page) -> None:
    page.goto("/lesson")
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
    expect(announced(page)).to_contain_text("Finished: 50 steps")
    announced(page).evaluate("voice => { voice.textContent = ''; }")
    page.locator("[data-go=back]").click()
    page.locator("[data-go=forward]").click()
    expect(page.locator("[data-read=step]")).to_have_text("50 / 50")
    expect(announced(page)).to_be_empty()


def test_the_labels_of_the_canvases_follow_the_frame(page: Page) -> None:
    page.goto("/lesson")
    assert label_of(page, "x_t") == "The noisy picture"
    run_to_the_end(page)
    page.locator("[data-role=scrubber]").fill("20")
    noise = reading(page, "noise").replace(" %", "")
    where = f"step 20 of 50, noise mixed in {noise} percent"
    assert label_of(page, "x_t") == f"The noisy picture, {where}"
    assert label_of(page, "x0_hat") == f"The model's guess of the clean picture, {where}"
    assert label_of(page, "eps_hat") == f"The noise that the model predicts, {where}"
    assert page.locator("[data-role=scrubber]").get_attribute("aria-valuetext") == where
    page.locator("[data-go=forward]").click()
    assert label_of(page, "x_t").startswith("The noisy picture, step 21 of 50")


def test_what_is_on_show_is_described_on_demand(page: Page) -> None:
    page.goto("/lesson")
    button = page.locator("[data-role=describe]")
    expect(button).to_be_disabled()
    run_to_the_end(page)
    page.locator("[data-role=scrubber]").fill("20")
    button.focus()
    box = button.bounding_box()
    assert box and box["height"] >= 24 and box["width"] >= 24  # seen while it has the focus
    page.keyboard.press("Enter")
    expect(announced(page)).to_have_text(
        re.compile(
            r"^Step 20 of 50, noise mixed in \d+ percent\. "
            r"Since the step before, the guess has changed by \d+\.\d of 255 grey levels on average\. "
            r"It is \d+\.\d grey levels from the newest guess, that of step 50\.$"
        )
    )
    assert page.locator("[data-role=status]").inner_text() == announced(page).inner_text()
    page.locator("[data-go=last]").click()
    button.press("Enter")
    expect(announced(page)).to_contain_text("The picture is finished.")
    expect(announced(page)).not_to_contain_text("newest")


def test_the_start_of_another_plate_says_on_this_one_why_it_stopped(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.1
    page.goto("/two")
    first, second = page.locator("#player-1"), page.locator("#player-2")
    first.locator("[data-role=start]").click()
    expect(first.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    scenario.step_s = 0.01
    second.locator("[data-role=start]").click()
    expect(first.locator("[data-role=status]")).to_have_text(
        re.compile(r"^Stopped after \d+ steps\. Another plate was started\.$")
    )
    expect(announced(page, 1)).to_contain_text("Another plate was started.")
    expect(second.locator("denoising-player")).to_have_attribute("data-state", "done")
    expect(first.locator("denoising-player")).to_have_attribute("data-state", "stopped")


def test_a_plate_that_does_not_run_says_nothing_of_another_ones_start(page: Page) -> None:
    page.goto("/two")
    page.locator("#player-2 [data-role=start]").click()
    expect(page.locator("#player-2 denoising-player")).to_have_attribute("data-state", "done")
    expect(page.locator("#player-1 [data-role=status]")).to_be_empty()
    assert page.evaluate(PIXELS, "x_t")  # the first plate keeps its noise
