"""An error of one's own: the same size in another reading, and what it becomes in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.labs.readings.plates import NAMES, demand, errors, find, greys, pane, settings, slide
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def make(page: Page, word: str, size: str) -> None:
    plate = page.locator("#lab-1")
    plate.get_by_role("radio", name=size, exact=True).check()
    plate.get_by_role("radio", name=word, exact=True).check()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("size", ["0.02", "0.5"])
def test_an_error_becomes_what_the_algebra_says(page: Page, place: int, size: str) -> None:
    at = settings().levels[place]
    s, n = at.signal_scale, at.noise_scale
    ratios = {
        "picture": {"x0": 1, "eps": s / n, "v": 1 / n},
        "noise": {"x0": n / s, "eps": 1, "v": 1 / s},
        "velocity": {"x0": n, "eps": s, "v": 1},
    }
    slide(page, place)
    for word, expected in ratios.items():
        make(page, word, size)
        found = errors(page, "made")
        for name in NAMES:
            assert found[name] == pytest.approx(float(size) * expected[name], rel=0.006)
        demands = [demand(page, "made", name) for name in NAMES]
        assert demands.count("made here") == 1
        assert demands.index("made here") == list(ratios).index(word)


def test_with_little_noise_a_poor_guess_of_it_is_a_good_picture_and_with_much_a_tiny_error_ruins_it(
    page: Page,
) -> None:
    canvas = pane(page, "made", "x0").locator("canvas")
    clean = pane(page, "true", "x0").locator("canvas")
    make(page, "noise", "0.5")
    slide(page, 0)
    assert np.abs(greys(canvas).astype(float) - greys(clean)).mean() < 12
    sentence = find(page, "sentence")
    assert sentence.inner_text() == (
        "An error of 0.5 in the noise is one of 0.0792 in the picture and of 0.506 in the velocity."
    )
    make(page, "noise", "0.02")
    slide(page, 2)
    assert np.abs(greys(canvas).astype(float) - greys(clean)).mean() > 30
    assert errors(page, "made")["x0"] > 0.6


def test_where_no_signal_is_left_the_noise_gives_no_picture_and_this_is_said(page: Page) -> None:
    slide(page, 3)
    make(page, "noise", "0.02")
    assert errors(page, "made") == {"eps": 0.02}
    for name in ("x0", "v"):
        place = pane(page, "made", name)
        assert place.locator("canvas").is_hidden()
        assert place.locator("[data-role=error]").inner_text() == "no value"
        assert place.locator("[data-role=empty]").inner_text().startswith("÷ 0: no ")
    said = find(page, "sentence").inner_text()
    assert "x0_hat = (x_t \N{MINUS SIGN} N·eps_hat) / S divides by it" in said
    assert "That is 0/0 for the true noise, and infinite for any other guess." in said
    make(page, "velocity", "0.02")
    assert errors(page, "made") == {"x0": 0.02, "eps": 0, "v": 0.02}
    assert pane(page, "made", "x0").locator("canvas").is_visible()
    assert find(page, "sentence").inner_text().endswith("where S is 0, x_t is the noise itself.")


def test_by_keyboard_alone_a_level_and_an_error_are_chosen_and_a_screen_reader_hears_them(page: Page) -> None:
    level = find(page, "level")
    level.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(level).to_have_attribute("aria-valuetext", "t 0.5: S 0.707, N 0.707, signal-to-noise ratio 0.0 dB")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.role") == "ask"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.role") == "size"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.value") == "eps"
    said = find(page, "voice").inner_text()
    assert said == find(page, "sentence").inner_text()
    assert " in the noise is one of " in said
