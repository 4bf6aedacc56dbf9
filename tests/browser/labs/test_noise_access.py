"""The lab of noise by keyboard alone, by touch, on narrow and wide screens, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.labs.noise.levels import MINUS
from tests.browser.axe import violations
from tests.browser.labs.noise_plates import LESSON, Plate

if TYPE_CHECKING:
    from tests.browser.playwright_names import Browser, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.labs.noise_fixtures",)

TOO_SMALL = """[...document.querySelectorAll('.noise :is(button, input, summary)')]
  .filter(e => (e.closest('label') ?? e).getClientRects()[0]?.height < 24)
  .map(e => e.outerHTML.slice(0, 80))"""


def place(locator: Any) -> dict[str, float]:
    """Return where an element stands on the screen."""
    return locator.evaluate("e => e.getBoundingClientRect().toJSON()")  # type: ignore[no-any-return]


def resized(page: Page, width: int, height: int) -> Plate:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(LESSON)
    plate = Plate(page)
    plate.root.evaluate("plate => plate.scrollIntoView()")
    return plate


@pytest.mark.parametrize(("width", "height"), [(1366, 625), (390, 664)])
def test_pictures_read_outs_plots_and_slider_fit_one_screen(page: Page, width: int, height: int) -> None:
    plate = resized(page, width, height)
    assert place(plate.root)["top"] >= -1
    for part in (".noise-panes", ".spread-legend", ".noise-track"):
        assert place(plate.root.locator(part))["bottom"] <= height
    if width > 1000:
        assert place(plate.root.locator(".noise-bar"))["bottom"] <= height


def test_on_a_wide_screen_the_schedules_stand_side_by_side_with_all_their_numbers(page: Page) -> None:
    plate = resized(page, 1366, 625)
    canvases = [place(plate.pane(name).locator("canvas")) for name in ("cosine", "linear", "flow")]
    assert len({canvas["top"] for canvas in canvases}) == 1
    assert [canvas["width"] for canvas in canvases] == [192.0] * 3  # 6 screen pixels for each of 32
    assert sorted(canvases, key=lambda canvas: canvas["left"]) == canvases
    for name in ("cosine", "linear", "flow"):
        for reading in ("snr", "sigma", "alpha_bar", "clipped", "deviation"):
            assert plate.pane(name).locator(f"[data-read={reading}]").is_visible()


def test_on_a_phone_the_chosen_schedule_is_large_and_the_others_are_small(page: Page) -> None:
    plate = resized(page, 390, 664)
    plate.choose("flow")
    large, small = place(plate.pane("flow").locator("canvas")), place(plate.pane("cosine").locator("canvas"))
    assert (large["width"], small["width"]) == (192.0, 64.0)
    assert large["bottom"] < small["top"]
    assert plate.pane("flow").locator(".histogram").is_visible()
    assert plate.pane("cosine").locator(".histogram").is_hidden()
    assert plate.pane("cosine").locator("[data-read=snr]").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    plate = resized(page, width, 700)
    plate.root.locator("summary").click()
    plate.find("seed").fill("-1")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []


def test_the_narrowest_screens_show_it_without_scrolling_sideways(page: Page) -> None:
    for width in (320, 600, 768, 1000):
        plate = resized(page, width, 700)
        plate.root.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(TOO_SMALL) == []


def test_everything_is_done_by_keyboard(page: Page) -> None:
    plate = Plate(page)
    page.locator("#lab-1 input[type=radio]").first.focus()
    page.keyboard.press("ArrowRight")
    assert plate.pane("linear").locator("input").is_checked()
    page.keyboard.press("Tab")
    for key, position in [("ArrowRight", 61), ("ArrowLeft", 60), ("PageUp", 80), ("PageDown", 60)]:
        page.keyboard.press(key)
        assert int(plate.slider.input_value()) == position, key
    page.keyboard.press("End")
    assert plate.read("linear", "snr") == f"{MINUS}43.6 dB"
    assert plate.slider.get_attribute("aria-valuetext") == f"t 1.000, signal-to-noise ratio {MINUS}43.6 dB"
    page.keyboard.press("Home")
    assert plate.read("linear", "snr") == "∞ dB"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert plate.root.locator("[data-role=compare][value=snr]").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    assert "seed=12&" in str(plate.find("permalink").get_attribute("href"))
    page.keyboard.press("Enter")
    assert plate.find("seed").input_value() != "12"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "permalink"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert plate.root.locator("details").get_attribute("open") == ""


def test_the_focus_is_seen_on_the_slider(page: Page) -> None:
    plate = Plate(page)
    page.locator("#lab-1 input[type=radio]").first.focus()
    around = {"x": 0.0, "y": 0.0, "width": 1366.0, "height": 625.0}
    plate.root.evaluate("plate => plate.scrollIntoView()")
    before = page.screenshot(clip=around)  # type: ignore[arg-type]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "slider"
    thumb = "getComputedStyle(document.activeElement, '::-webkit-slider-thumb').outlineStyle"
    assert page.evaluate(thumb) in ("solid", "none")  # Chromium does not tell: the pictures do
    assert page.screenshot(clip=around) != before  # type: ignore[arg-type]


def test_a_finger_moves_the_slider(browser: Browser, noise_site: str) -> None:
    context = browser.new_context(base_url=noise_site, viewport={"width": 390, "height": 664}, has_touch=True)
    page = context.new_page()
    page.goto(LESSON)
    plate = Plate(page)
    plate.root.evaluate("plate => plate.scrollIntoView()")
    track = place(plate.slider)
    page.touchscreen.tap(track["left"] + 0.75 * track["width"], track["top"] + 16)
    assert 140 <= int(plate.slider.input_value()) <= 160
    context.close()


def test_nothing_moves_by_itself(page: Page) -> None:
    plate = Plate(page)
    plate.slide(0.9)
    plate.find("dice").click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_without_javascript_five_levels_of_each_schedule_are_shown_with_their_numbers(
    browser: Browser, noise_site: str
) -> None:
    context = browser.new_context(base_url=noise_site, java_script_enabled=False)
    page = context.new_page()
    page.goto(LESSON)
    plate = Plate(page)
    assert plate.slider.is_hidden()
    assert plate.root.locator("canvas").first.is_hidden()
    still = plate.root.locator(".still img")
    assert still.is_visible()
    assert place(still)["width"] > 300
    rows = plate.root.locator(".still tbody tr")
    assert rows.count() == 3 + 3 + 2
    assert f"{MINUS}10.7" in rows.nth(3).inner_text()
    assert plate.root.locator("figcaption").is_visible()
    context.close()


@pytest.mark.parametrize(("width", "fits"), [(320, False), (375, True), (390, True), (1280, True)])
def test_without_javascript_the_table_fits_a_phone_and_is_pushed_sideways_on_a_smaller_one(
    browser: Browser, noise_site: str, width: int, fits: bool
) -> None:
    context = browser.new_context(
        base_url=noise_site, viewport={"width": width, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(LESSON)
    table = page.locator("#lab-1 .still table")
    edge = place(table)["x"] + place(table)["width"]
    assert edge <= width
    last = table.locator("tr").nth(1).locator("td").last
    assert (place(last)["x"] + place(last)["width"] <= edge) is fits
    table.focus()
    assert table.evaluate("table => table === document.activeElement")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert place(last)["x"] + place(last)["width"] <= edge + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_page_of_the_lab_itself_has_the_plate(page: Page) -> None:
    page.goto("/labs/noise")
    plate = Plate(page)
    plate.slide(0.5)
    assert plate.read("cosine", "snr") == "0.0 dB"
    assert plate.root.locator("figcaption").inner_text().startswith("Plate 1.")
