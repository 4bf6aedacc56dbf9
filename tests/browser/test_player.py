"""The denoising player in a headless Chromium: its frames, from the press to the finished picture."""

from __future__ import annotations

import re

import pytest

from tests.browser.fake_server import Scenario
from tests.browser.players import PIXELS, UNDER_WAY, put, reading, run_to_the_end, start, state
from tests.browser.playwright_names import Page, expect

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

NOISE = "The noise that the model predicts"
LAST_NOISE = "The last noise that the model predicted"
COLOURED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((level, index) => index % 4 === 0 && level !== data[index + 1]);
}"""


def test_a_press_brings_every_frame_and_ends_on_the_finished_picture(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    put(page, "steps", "6")
    page.locator("[data-role=speed]").select_option("4")
    run_to_the_end(page)
    expect(page.locator("[data-read=step]")).to_have_text("6 / 6")
    assert page.evaluate(PIXELS, "x_t") == page.evaluate(PIXELS, "x0_hat")
    assert scenario.posted == [
        {
            "model": "digits",
            "label": "7",
            "seed": 3,
            "steps": 6,
            "guidance": 2.0,
            "count": 1,
            "sampler": "ddim",
            "eta": 0.0,
            "grid": "uniform",
        }
    ]
    expect(page.locator("[data-role=announce]")).to_contain_text("Finished: 6 steps")


def test_nothing_runs_before_the_press_and_the_first_sheet_shows_the_seeds_own_noise(
    page: Page, scenario: Scenario
) -> None:
    page.goto("/")
    before = page.evaluate(PIXELS, "x_t")
    assert scenario.posted == []
    put(page, "steps", "3")
    run_to_the_end(page)
    page.locator("[data-go=first]").click()
    assert page.evaluate(PIXELS, "x_t") == before


def test_scrubbing_asks_the_server_nothing_and_moves_all_panes(page: Page) -> None:
    page.goto("/")
    run_to_the_end(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator("[data-role=scrubber]").fill("10")
    early = {pane: page.evaluate(PIXELS, pane) for pane in ("x_t", "x0_hat", "eps_hat")}
    page.locator("[data-role=scrubber]").fill("40")
    late = {pane: page.evaluate(PIXELS, pane) for pane in ("x_t", "x0_hat", "eps_hat")}
    assert all(early[pane] != late[pane] for pane in early)
    assert reading(page, "step") == "40 / 50"
    assert reading(page, "t") == "0.200"
    assert requests == []


def test_at_the_last_frame_the_noise_is_said_to_be_the_last_one_predicted(page: Page) -> None:
    page.goto("/")
    put(page, "steps", "5")
    run_to_the_end(page)
    caption = page.locator("[data-pane=eps_hat] figcaption")
    expect(caption).to_have_text("Its last prediction eps_hat")
    expect(
        page.get_by_role(
            "img", name="The last noise that the model predicted, step 5 of 5, noise mixed in 0 percent"
        )
    ).to_be_visible()
    last = page.evaluate(PIXELS, "eps_hat")
    page.locator("[data-go=back]").click()
    expect(caption).to_have_text("Noise it predicts eps_hat")
    expect(page.get_by_role("img", name=f"{NOISE}, step 4 of 5, noise mixed in")).to_be_visible()
    assert page.evaluate(PIXELS, "eps_hat") == last


def test_a_viewer_who_scrubs_in_mid_run_stays_where_he_is(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.05
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    page.locator("[data-go=back]").click()
    stays = reading(page, "step")
    state(page, "done")
    assert reading(page, "step") == stays


def test_frames_that_are_not_here_yet_cannot_be_scrubbed_to(page: Page, scenario: Scenario) -> None:
    scenario.step_s = 0.2
    page.goto("/")
    start(page)
    expect(page.locator("[data-read=step]")).to_have_text(UNDER_WAY)
    page.locator("[data-role=scrubber]").fill("50")
    assert int(reading(page, "step").split()[0]) < 20
    assert page.locator("[data-role=scrubber]").input_value() == reading(page, "step").split()[0]


def test_the_line_that_runs_is_lit_and_the_sums_use_the_frames_own_numbers(page: Page) -> None:
    page.goto("/solver")
    run_to_the_end(page)
    page.locator(".player-code > summary").click()

    def lit() -> str:
        return " ".join(page.locator(".line.lit").all_text_contents())

    page.locator("[data-go=first]").click()
    assert lit().strip() == "return Row(x_t=keep, x0_hat=toward_x0)"
    page.locator("[data-go=forward]").click()
    assert "x0_hat_previous=-toward_x0 * lean" in lit()
    expect(page.locator("[data-role=step-row]")).to_have_text(
        re.compile(r"^x_next = 0\.\d{3}·x_t \+.0\.\d{3}·x0_hat \u2212.0\.\d{3}·x0_hat_previous$")
    )
    expect(page.locator("[data-role=step-row] .of-x_t")).to_have_text("x_t")
    expect(page.locator("[data-role=step-row] .of-x0_hat")).to_have_text("x0_hat")
    page.locator("[data-go=last]").click()
    assert lit() == ""
    page.locator("[data-go=back]").click()
    assert lit().strip() == "return Row(x_t=keep, x0_hat=toward_x0)"
    expect(page.locator(".code-of:visible .code-file")).to_contain_text(
        "app/diffusion/samplers/dpm_solver_pp.py"
    )


def test_with_reduced_motion_the_last_frame_is_shown_and_nothing_plays(
    page: Page, scenario: Scenario
) -> None:
    scenario.step_s = 0.05
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    start(page)
    expect(page.locator("[data-role=status]")).to_contain_text(re.compile(r"Received [12]\d of"))
    assert reading(page, "step") == "0 / 50"
    state(page, "done")
    assert reading(page, "step") == "50 / 50"
    page.locator("[data-go=back]").click()
    assert reading(page, "step") == "49 / 50"


def test_colours_are_drawn_in_all_panes_and_before_the_run(page: Page) -> None:
    page.goto("/painter")
    assert page.locator("[data-pane=x_t] canvas").evaluate(COLOURED)
    before = page.evaluate(PIXELS, "x_t")
    put(page, "prompt", "house")
    run_to_the_end(page)
    page.locator("[data-go=first]").click()
    assert page.evaluate(PIXELS, "x_t") == before
    for pane in ("x_t", "x0_hat", "eps_hat"):
        assert page.locator(f"[data-pane={pane}] canvas").first.evaluate(COLOURED)
