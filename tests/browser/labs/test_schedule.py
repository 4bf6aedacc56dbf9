"""The schedule lab: its arithmetic beside Python's, and bending a schedule by pointer and by keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.controls.table import CONTROLS
from app.diffusion.schedules import GRIDS, SCHEDULES, fewest_steps, sigma
from app.labs.noise.levels import encoded, preserves_variance, table
from app.labs.schedule.view import HANDLES, POSITIONS
from tests.browser.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.labs.noise_fixtures",)


@pytest.fixture(scope="module")
def context(browser: Browser, noise_site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=noise_site, viewport={"width": 390, "height": 844}) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with context.new_page() as made:
        made.goto("/labs/schedule")
        yield made


def ratios(page: Page) -> list[float]:
    return [float(page.locator("[data-role=handle]").nth(index).input_value()) for index in range(3)]


def test_the_steps_fall_where_a_sampler_has_them(page: Page) -> None:
    wanted, cases = [], []
    for schedule, grid, steps in itertools.product(SCHEDULES.values(), GRIDS, (1, 2, 10, 50)):
        if steps < max(fewest_steps(grid), 2 if grid == "half_rho7" else 1):
            continue
        start = schedule.t_from_sigma(min(sigma(SCHEDULES["cosine"], 0.999), sigma(schedule, 1.0)))
        wanted.append(GRIDS[grid](schedule, start, steps)[:-1])
        cases.append([encoded(table(schedule, POSITIONS)), preserves_variance(schedule), grid, steps])
    found = page.evaluate(
        """async (cases) => {
          const { Schedule } = await import("/static/kit/schedule.js");
          const { times } = await import("/static/labs/schedule/grids.js");
          return cases.map(([scales, preserves, grid, steps]) => {
            return times(Schedule.of({ scales, preserves }), grid, steps);
          });
        }""",
        cases,
    )
    assert len(found) >= 30
    for case, times, right in zip(cases, found, wanted, strict=True):
        assert times == pytest.approx(right, abs=0.002), case[2:]


def test_a_schedule_of_ones_own_goes_through_its_handles_and_never_turns_back(page: Page) -> None:
    for wanted in ([15, 9, 1], [30, 30, 30], [-30, -30, -30], [30, 0, -30], [20, -20, -20], [7.5, 0, -7.5]):
        signal, noise = page.evaluate(
            """async ([times, decibels, positions]) => {
              const { ownSchedule } = await import("/static/labs/schedule/own_schedule.js");
              const made = ownSchedule(times, decibels, positions);
              return [[...made.signal], [...made.noise]];
            }""",
            [list(HANDLES), wanted, POSITIONS],
        )
        assert np.square(signal) + np.square(noise) == pytest.approx(1.0, abs=1e-6)
        assert (np.diff(np.arctan2(noise, signal)) >= -1e-6).all()
        assert (signal[0], noise[0], signal[-1], noise[-1]) == (1, 0, 0, pytest.approx(1.0))
        places = [round(t * POSITIONS) for t in HANDLES]
        got = [20 * np.log10(signal[place] / noise[place]) for place in places]
        assert got == pytest.approx(wanted, abs=0.01)


def test_a_handle_is_dragged_and_takes_the_others_along(page: Page) -> None:
    before = ratios(page)
    plot = page.locator("[data-role=plot]").bounding_box()
    dot = page.locator(".handle-reach").nth(1).bounding_box()
    assert plot and dot
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(dot["x"], plot["y"] + 0.9 * plot["height"], steps=4)
    page.mouse.up()
    after = ratios(page)
    assert after[0] == before[0]
    assert after[1] == after[2] == pytest.approx(-24, abs=1.5)
    page.mouse.move(dot["x"], plot["y"])  # it was let go
    assert ratios(page) == after


def test_by_keyboard_a_handle_moves_and_the_pictures_and_numbers_with_it(page: Page) -> None:
    row = page.locator("[data-row=yours] [data-role=ratio]")
    shown = row.all_inner_texts()
    page.locator("[data-role=handle]").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert ratios(page)[0] == 29.5
    assert page.locator("[data-role=handle]").first.get_attribute("aria-valuetext") == "29.5 dB"
    changed = row.all_inner_texts()
    assert (shown[0], shown[-1]) == (changed[0], changed[-1])
    assert shown[1] != changed[1]


def test_what_is_drawn_and_compared_is_chosen(page: Page) -> None:
    line = page.locator(".schedule-plot [data-of=linear]")
    as_ratio = line.get_attribute("d")
    page.get_by_label("alpha_bar").check()
    assert line.get_attribute("d") != as_ratio
    page.locator("[data-role=compared][value=linear]").check()
    assert "is-chosen" in str(line.get_attribute("class"))
    assert page.locator("[data-row=compared] [data-role=row-name]").inner_text() == "linear"
    page.get_by_role("button", name="Begin from linear").click()
    assert ratios(page) == pytest.approx([0.4, -10.7, -24.6], abs=0.3)


@pytest.mark.parametrize(
    ("grid", "steps", "fewest"), [("rho7", "3", 7), ("uniform", "0", 1), ("uniform", "", 1)]
)
def test_steps_that_cannot_be_are_told_and_the_marks_stay(
    page: Page, grid: str, steps: str, fewest: int
) -> None:
    marks = page.locator("[data-ticks=yours]")
    before = marks.get_attribute("d")
    page.locator("[data-role=steps]").fill(steps)
    page.locator("[data-role=grid]").select_option(grid)
    assert page.get_by_role("alert").inner_text() == (
        f"Spread this way, steps are a whole number from {fewest} to 50."
    )
    assert marks.get_attribute("d") is not None
    page.locator("[data-role=grid]").select_option("uniform")
    page.locator("[data-role=steps]").fill("10")
    assert marks.get_attribute("d") == before
    assert page.get_by_role("alert").is_hidden()


def test_the_grids_have_the_names_that_a_player_gives_them(page: Page) -> None:
    options = page.locator("[data-role=grid] option")
    named = dict(zip(GRIDS, options.all_inner_texts(), strict=True))
    assert [option.get_attribute("value") for option in options.all()] == list(GRIDS)
    assert named == CONTROLS["grid"].choices
    assert not set(named.values()) & set(GRIDS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_there_are_the_numbers(browser: Browser, noise_site: str) -> None:
    with browser.new_context(base_url=noise_site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/labs/schedule")
        assert page.locator("figure.schedule canvas").first.is_hidden()
        assert page.locator("figure.schedule tbody tr").count() == 3
        assert "\N{MINUS SIGN}10.7" in page.locator("figure.schedule tbody").inner_text()


def test_in_a_lesson_its_script_comes_when_the_plate_nears_the_view(browser: Browser, product: str) -> None:
    asked: list[str] = []
    with browser.new_context(base_url=product, viewport={"width": 1280, "height": 600}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/lessons/adding-noise")
        page.locator("#lab-1 [data-read=snr]").first.wait_for()
        assert not any("labs/schedule/lab.js" in url for url in asked)
        page.locator("#lab-2").scroll_into_view_if_needed()
        page.locator("#lab-2 [data-role=ratio]", has_text="dB").first.wait_for()
        assert any("labs/schedule/lab.js" in url for url in asked)


def test_a_link_to_a_plate_far_down_loads_its_script_and_is_understood(
    browser: Browser, product: str
) -> None:
    with browser.new_context(base_url=product, viewport={"width": 1280, "height": 600}) as context:
        page = context.new_page()
        page.goto("/lessons/adding-noise#lab-3?seed=5&steps=7")
        seed = page.locator("#lab-3 [name=seed]").first
        for _ in range(100):
            if seed.input_value() == "5":
                break
            page.wait_for_timeout(100)
        assert seed.input_value() == "5"
