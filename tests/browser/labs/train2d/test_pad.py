"""Drawing points: by mouse, by finger, by keyboard, taken back, cleared, and never too many."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.labs.train2d.plates import PATH, Trainings, done, find, train
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def draw(page: Page, *places: tuple[float, float]) -> None:
    """Drag the mouse from place to place of the plane, which reaches from -2.5 to 2.5."""
    pad = find(page, "pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for number, (x, y) in enumerate(places):
        across = box["x"] + (x + 2.5) / 5 * box["width"]
        page.mouse.move(across, box["y"] + (2.5 - y) / 5 * box["height"], steps=3)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def own(page: Page) -> None:
    page.get_by_label("Drawn by you").check()


def points(page: Page, trainings: Trainings) -> Any:
    train(page)
    done(page)
    return trainings.asked[-1]["points"]


def test_a_stroke_becomes_points_that_are_equally_far_apart(page: Page, trainings: Trainings) -> None:
    own(page)
    draw(page, (-1, 0), (1, 0))
    made = points(page, trainings)
    assert 36 <= len(made) <= 41
    assert made[0] == pytest.approx([-1, 0], abs=0.03)
    assert all(math.dist(a, b) == pytest.approx(0.05, abs=0.002) for a, b in pairwise(made))
    assert "preset" not in trainings.asked[-1]


def test_on_a_preset_nothing_is_drawn(page: Page, trainings: Trainings) -> None:
    draw(page, (-1, 0), (1, 0))
    assert find(page, "pad-tools").is_hidden()
    train(page)
    done(page)
    assert trainings.asked[-1]["preset"] == "ring"


def test_by_keyboard_points_are_set_and_taken_back(page: Page, trainings: Trainings) -> None:
    own(page)
    find(page, "pad").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert find(page, "voice").inner_text() == "0.1, 0.1"
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    assert find(page, "pad-count").inner_text() == "2 points."
    assert points(page, trainings) == [[0, 0], [0.1, 0.1]]


def test_without_a_point_it_is_said_what_is_missing(page: Page, trainings: Trainings) -> None:
    own(page)
    train(page)
    assert find(page, "fault").inner_text() == "There is nothing to learn from: draw at least one point."
    assert page.evaluate("document.activeElement.dataset.role") == "pad"
    page.keyboard.press("Space")
    assert find(page, "fault").is_hidden()
    assert points(page, trainings) == [[0, 0]]


def test_what_is_drawn_stays_while_a_preset_is_looked_at_and_is_cleared_by_a_press(page: Page) -> None:
    own(page)
    draw(page, (-1, 0), (1, 0))
    drawn = find(page, "pad-count").inner_text()
    page.get_by_label("Letters").check()
    own(page)
    assert find(page, "pad-count").inner_text() == drawn
    find(page, "undo").click()
    assert find(page, "pad-count").inner_text() == "No points yet."
    draw(page, (-1, 0), (1, 0))
    draw(page, (-1, 1), (1, 1))
    find(page, "clear").click()
    assert find(page, "pad-count").inner_text() == "No points yet."
    assert find(page, "clear").is_disabled()


def test_there_are_never_more_points_than_the_server_takes_and_none_outside(page: Page) -> None:
    made = page.evaluate(
        """async () => {
          const { Strokes } = await import("/static/labs/train2d/strokes.js");
          const strokes = new Strokes(2, 2000);
          strokes.begin([NaN, 0]);
          if (strokes.count) throw new Error("a point nowhere");
          for (let line = 0; line < 60; line += 1) {
            strokes.begin([-9, line / 30 - 1]);
            strokes.goOn([9, line / 30 - 1]);
          }
          return [strokes.points, strokes.isFull];
        }"""
    )
    places, is_full = made
    assert (len(places), is_full) == (2000, True)
    assert all(abs(value) <= 2 for place in places for value in place)


def test_a_finger_draws_on_ones_own_points_and_scrolls_elsewhere(browser: Browser, site: str) -> None:
    with browser.new_context(
        base_url=site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as context:
        page = context.new_page()
        page.goto(PATH)
        canvas = find(page, "pad").locator("canvas")
        action = "canvas => getComputedStyle(canvas).touchAction"
        expect(find(page, "pad")).to_have_attribute("role", "img")
        assert canvas.evaluate(action) == "auto"
        own(page)
        assert canvas.evaluate(action) == "none"
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(find(page, "pad-count")).to_have_text("1 point.")
