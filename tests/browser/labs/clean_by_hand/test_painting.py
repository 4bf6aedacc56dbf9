"""Painting by mouse, finger and keyboard, against the clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.labs.clean_by_hand.noisy import noisy_pixels
from tests.browser.labs.clean_by_hand.plates import (
    DARK,
    LIGHT,
    click_dot,
    find,
    greys,
    middle_of,
    opened,
    pad_of,
    settings,
    state,
)
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser


def test_the_noisy_picture_is_the_one_that_the_model_is_given(page: Page) -> None:
    found = page.evaluate(
        """async ([clean, noise, seed]) => {
          const { Repair } = await import("/static/labs/clean_by_hand/repair.js");
          const { valuesOf } = await import("/static/kit/noisy.js");
          const repair = new Repair(valuesOf(Uint8Array.from(clean)), noise, seed);
          return [repair.error, [...repair.pixels]];
        }""",
        [settings().clean.ravel().tolist(), 1.0, 3],
    )
    error, pixels = found
    expected = noisy_pixels(settings()).ravel().astype(int)
    assert np.abs(np.array(pixels) - expected).max() <= 1
    assert error == pytest.approx(1.0, abs=0.06)
    assert find(page, "error").inner_text() == f"{error:.2f}"


def test_a_click_paints_one_dot_and_the_error_follows(page: Page) -> None:
    before = greys(pad_of(page))
    click_dot(page, 3, 5)
    page.get_by_label("Paper").check()
    click_dot(page, 4, 5)
    after = greys(pad_of(page))
    assert after[5, 3] < DARK
    assert after[5, 4] > LIGHT
    changed = {(int(y), int(x)) for y, x in np.argwhere(before != after)}
    assert changed <= {(5, 3), (5, 4)}
    assert find(page, "touched").inner_text() == "2 of 784"
    made = settings()
    clean = made.clean[:, :, 0].astype(float) / 127.5 - 1.0
    repaired = page.evaluate(
        """async ([clean, noise, seed]) => {
          const { INK, PAPER, Repair } = await import("/static/labs/clean_by_hand/repair.js");
          const { valuesOf } = await import("/static/kit/noisy.js");
          const repair = new Repair(valuesOf(Uint8Array.from(clean)), noise, seed);
          repair.paint(143, INK);
          for (const value of [INK, PAPER, PAPER]) repair.paint(144, value);
          return [[...repair.values], repair.error, repair.touched.size];
        }""",
        [made.clean.ravel().tolist(), 1.0, 3],
    )
    values, error, touched = repaired
    assert touched == 2
    assert error == pytest.approx(np.sqrt(np.square(np.array(values) - clean.ravel()).mean()), abs=1e-6)
    assert find(page, "error").inner_text() == f"{error:.2f}"


def test_a_stroke_paints_the_dots_on_its_way_and_a_hovering_mouse_none(page: Page) -> None:
    page.mouse.move(*middle_of(page, 2, 20))
    page.mouse.move(*middle_of(page, 12, 20), steps=20)
    assert find(page, "touched").inner_text() == "0 of 784"
    state(page, "ready")
    page.mouse.move(*middle_of(page, 2, 20))
    page.mouse.down()
    page.mouse.move(*middle_of(page, 12, 20), steps=30)
    page.mouse.up()
    page.mouse.move(*middle_of(page, 20, 2), steps=10)
    assert find(page, "touched").inner_text() == "11 of 784"
    assert (greys(pad_of(page))[20, 2:13] < DARK).all()
    assert find(page, "curve").locator(".curve-known").get_attribute("d")


def test_by_keyboard_the_brush_moves_paints_and_is_changed(page: Page) -> None:
    voice = find(page, "voice")
    find(page, "pad").focus()
    page.keyboard.press("ArrowRight")
    expect(voice).to_have_text(re.compile(r"^Row 15, column 16: \d+% dark\.$"))
    page.keyboard.press("Space")
    assert greys(pad_of(page))[14, 15] < DARK
    page.keyboard.press("x")
    expect(voice).to_have_text("paper")
    assert page.get_by_label("Paper").is_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert greys(pad_of(page))[13, 15] > LIGHT
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text("Row 15, column 16: painted ink.")
    for _ in range(30):
        page.keyboard.press("ArrowLeft")  # it stops at the edge
    expect(voice).to_have_text(re.compile("^Row 15, column 1: "))
    assert find(page, "touched").inner_text() == "2 of 784"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "ask"


def test_a_screen_reader_hears_the_error_now_and_then_and_not_at_each_dot(page: Page) -> None:
    voice = find(page, "voice")
    for x in range(19):
        click_dot(page, x, 1)
    assert voice.inner_text() == ""
    click_dot(page, 20, 1)
    expect(voice).to_have_text(re.compile(r"^20 dots, error \d\.\d\d\.$"))


def test_the_clock_begins_with_the_first_dot_and_ends_the_painting(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.clock.install()
    opened(page)
    page.clock.run_for(5_000)
    assert find(page, "left").inner_text() == "10 s"
    click_dot(page, 3, 5)
    page.clock.run_for(4_000)
    assert find(page, "left").inner_text() == "6 s"
    state(page, "painting")
    page.clock.run_for(6_400)
    state(page, "ended")
    assert find(page, "left").inner_text() == "0 s"
    sentence = find(page, "sentence").inner_text()
    assert sentence.startswith("Time is up. In 10 seconds you painted 1 of 784 dots, and the error ")
    assert sentence.endswith("At that speed the whole picture takes 130 minutes 40 seconds.")
    assert find(page, "voice").inner_text() == sentence
    click_dot(page, 9, 9)
    assert find(page, "touched").inner_text() == "1 of 784"
    assert find(page, "ask").inner_text() == "One call of the model"
    page.close()


def test_on_a_phone_a_part_is_large_and_a_finger_paints_without_scrolling(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    page.locator("#lab-1").evaluate("plate => plate.scrollIntoView()")
    box = pad_of(page).bounding_box()
    assert box
    assert box["width"] / 16 >= 20
    assert greys(pad_of(page)).shape == (16, 16)
    before = page.evaluate("scrollY")
    touch = phone.new_cdp_session(page)
    x, y = middle_of(page, 4, 4, 16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for down in range(1, 9):
        _, y = middle_of(page, 4, 4 + down, 16)
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(find(page, "touched")).to_have_text("9 of 784")
    assert page.evaluate("scrollY") == before
    assert (greys(pad_of(page))[4:13, 4] < DARK).all()

    left, right = greys(pad_of(page)), page.get_by_role("button", name="Upper right")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    np.testing.assert_array_equal(greys(pad_of(page))[:, :4], left[:, 12:])
    page.touchscreen.tap(*middle_of(page, 15, 0, 16))
    expect(find(page, "touched")).to_have_text("10 of 784")
    overview = greys(find(page, "overview").locator("canvas"))
    assert overview[0, 27] < DARK
    page.close()


def test_beside_the_picture_a_finger_scrolls_the_page(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    touch_action = "e => getComputedStyle(e).touchAction"
    assert pad_of(page).evaluate(touch_action) == "none"
    assert page.locator("#lab-1").evaluate(touch_action) == "auto"
    assert find(page, "pad").evaluate(touch_action) == "auto"
    page.close()


def test_by_keyboard_the_brush_takes_the_part_along(phone: BrowserContext) -> None:
    page = phone.new_page()
    opened(page)
    find(page, "pad").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("button", name="Upper right").get_attribute("aria-pressed") == "true"
    assert find(page, "cursor").is_visible()
    page.close()
