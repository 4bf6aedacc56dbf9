"""The denoising player in a headless Chromium, against a server that can be told to misbehave."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.fake_server import Scenario
from tests.browser.players import AXE, PIXELS, TOO_SMALL, put, reading, run_to_the_end, start, state

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

UNDER_WAY = re.compile(r"^([3-9]|[12]\d) / 50")
FOCUSED = """(element => element.name || element.dataset.role || element.dataset.go || element.dataset.keep
  || element.tagName)(document.activeElement)"""


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
    reached = set()
    page.locator("[data-role=panes]").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    wanted = {"start", "play", "speed", "show-noise", "scrubber", "label", "seed", "dice", "steps"}
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


def test_eta_belongs_to_ddim_alone_and_says_so(page: Page, scenario: Scenario) -> None:
    page.goto("/")
    page.locator("summary").click()
    expect(page.locator("[name=eta]")).to_be_enabled()
    page.locator("[name=sampler]").select_option("ddpm")
    expect(page.locator("[name=eta]")).to_be_disabled()
    expect(page.locator("[data-role=eta-off]")).to_contain_text("Only DDIM")
    put(page, "steps", "3")
    run_to_the_end(page)
    assert "eta" not in scenario.posted[0]


def test_the_line_that_runs_is_lit_and_the_sums_use_the_frames_own_numbers(page: Page) -> None:
    page.goto("/solver")
    run_to_the_end(page)

    def lit() -> str:
        return " ".join(page.locator(".line.lit").all_inner_texts())

    page.locator("[data-go=first]").click()
    assert lit().strip() == "return Row(x_t=keep, x0_hat=toward_x0)"
    page.locator("[data-go=forward]").click()
    assert "x0_hat_previous=-toward_x0 * lean" in lit()
    expect(page.locator("[data-role=step-row]")).to_have_text(
        re.compile(r"^x_next = 0\.\d{3}·x_t \+.0\.\d{3}·x0_hat \u2212.0\.\d{3}·x0_hat_previous$")
    )
    page.locator("[data-go=last]").click()
    assert lit() == ""
    page.locator("[data-go=back]").click()
    assert lit().strip() == "return Row(x_t=keep, x0_hat=toward_x0)"
    expect(page.locator(".code-of:visible .code-file")).to_contain_text(
        "app/diffusion/samplers/dpm_solver_pp.py"
    )


def test_a_link_restores_settings_and_frame(page: Page, scenario: Scenario) -> None:
    page.goto("/#player-1?label=4&seed=12&count=4&sampler=ddim&steps=8&guidance=3&eta=0.5&grid=rho7&frame=5")
    assert scenario.posted == []
    expect(page.locator("[data-role=status]")).to_contain_text("frame 5")
    run_to_the_end(page)
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
    expect(page.locator("[data-role=status]")).to_be_empty()
    run_to_the_end(page)
    assert (scenario.posted[0]["eta"], scenario.posted[0]["guidance"]) == (float(eta), 2.123456789)


def test_a_link_that_makes_no_sense_changes_nothing_and_is_named(page: Page) -> None:
    page.goto("/#player-1?label=zebra&seed=-4&steps=1e9&guidance=Infinity&frame=999&count=2")
    expect(page.locator("[data-role=status]")).to_contain_text("label, seed, steps, guidance, frame")
    assert page.locator("[name=seed]").input_value() == "3"
    assert page.locator("[name=steps]").input_value() == "50"
    assert page.locator("[name=count]").input_value() == "2"
    page.goto("/#player-1?seed=1.5&steps=0x10&guidance=%202&eta=1.01&count=")
    expect(page.locator("[data-role=status]")).to_contain_text("seed, steps, guidance, eta, count")


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


def test_a_busy_server_is_asked_again_by_itself(page: Page, scenario: Scenario) -> None:
    scenario.refusals = [(503, "The queue is full.", 2)]
    page.goto("/")
    start(page)
    state(page, "busy")
    expect(page.locator("[data-role=status]")).to_contain_text("The queue is full.")
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


def test_a_queued_run_says_how_many_are_ahead(page: Page, scenario: Scenario) -> None:
    scenario.ahead = [2, 1]
    page.goto("/")
    start(page)
    expect(page.locator("[data-role=status]")).to_have_text("In the queue: 2 ahead of this one.")
    state(page, "done")


def test_a_dropped_connection_goes_on_after_the_last_frame(page: Page, scenario: Scenario) -> None:
    scenario.cut_after = 20
    page.goto("/")
    run_to_the_end(page)
    assert scenario.resumed == [-1, 20]
    page.locator("[data-go=last]").click()
    assert reading(page, "step") == "50 / 50"


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
    assert len(scenario.withdrawn) == 1


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


def test_missing_weights_are_said_where_the_player_would_be(page: Page) -> None:
    page.goto("/broken")
    expect(page.locator(".player-fault")).to_contain_text("The weights are missing")
    assert page.locator("denoising-player").count() == 0


def test_the_form_works_without_javascript(browser: Browser, server: tuple[str, Scenario]) -> None:
    context = browser.new_context(base_url=server[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator(".form-end button").click()
    assert page.url.endswith("/runs")
    for pair in ("model=digits", "label=7", "seed=3", "count=1", "sampler=ddim", "steps=50", "grid=uniform"):
        assert pair in page.content()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/solver")
    assert Axe().run(page, options=AXE).response["violations"] == []
    run_to_the_end(page)
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(fault["id"], [node["html"][:90] for node in fault["nodes"]]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []


def test_drawing_a_frame_of_three_colour_panes_of_nine_pictures_takes_at_most_4_ms(page: Page) -> None:
    page.goto("/")
    median_ms = page.evaluate("""async () => {
      const { Sheet } = await import("/static/player/canvas.js");
      const { PANES, readFrame } = await import("/static/player/frames.js");
      const sheets = PANES.map(() => {
        const holder = document.createElement("div");
        const canvas = document.createElement("canvas");
        holder.append(canvas);
        document.body.append(holder);
        const sheet = new Sheet(canvas);
        sheet.layOut([3, 32, 32], 9);
        return sheet;
      });
      const bytes = Uint8Array.from({ length: 9 * 32 * 32 * 3 }, (_, index) => (index * 37) % 256);
      const text = btoa(String.fromCharCode(...bytes));
      const data = JSON.stringify({ step: 1, x_t: text, x0_hat: text, eps_hat: text });
      const times = [];
      for (let round = 0; round < 60; round += 1) {
        const began = performance.now();
        const frame = readFrame(data);
        sheets.forEach((sheet, index) => sheet.paint(frame[PANES[index]]));
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[30];
    }""")
    assert median_ms <= 4.0
