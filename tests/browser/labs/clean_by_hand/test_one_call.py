"""The end of the painting: the model's one call, beside the learner's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.labs.clean_by_hand.plates import (
    answer,
    click_dot,
    find,
    greys,
    pad_of,
    state,
)
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def test_giving_up_asks_the_model_and_shows_the_four_side_by_side(page: Page) -> None:
    asked = answer(page)
    click_dot(page, 3, 5)
    assert find(page, "ask").inner_text() == "I give up: let the model do it"
    find(page, "ask").click()
    state(page, "shown")
    assert asked == [{"lesson": "by-hand", "lab": "lab-1"}]
    places = page.locator("#lab-1 [data-result]")
    assert places.count() == 4
    errors = places.locator("[data-role=result-error]").all_inner_texts()
    assert errors[2:] == ["error 0.21", "error 0.00"]
    noisy, yours, model, clean = (greys(places.nth(place).locator("canvas")) for place in range(4))
    assert {(int(y), int(x)) for y, x in np.argwhere(noisy != yours)} == {(5, 3)}
    np.testing.assert_array_equal(model, clean)
    sentence = find(page, "sentence").inner_text()
    assert "you painted 1 of 784 dots" in sentence
    assert sentence.endswith("One call of the model changed all 784 dots at once: its error is 0.21.")
    assert page.evaluate("document.activeElement.dataset.role") == "result"
    tops = [box["y"] for place in places.all() if (box := place.bounding_box())]
    assert len(set(tops)) == 1

    find(page, "again").click()
    state(page, "ready")
    assert find(page, "touched").inner_text() == "0 of 784"
    assert page.evaluate("document.activeElement.dataset.role") == "pad"
    np.testing.assert_array_equal(greys(pad_of(page)), noisy)


def test_the_clean_picture_is_not_shown_before_the_end(page: Page) -> None:
    assert find(page, "result").is_hidden()
    find(page, "ask").click()  # no engine answers
    expect(find(page, "fault")).to_be_visible()
    assert find(page, "result").is_hidden()


def test_it_can_be_skipped_before_a_single_dot(page: Page) -> None:
    answer(page)
    assert find(page, "ask").inner_text() == "Skip: let the model do it"
    find(page, "ask").click()
    state(page, "shown")
    assert find(page, "sentence").inner_text().startswith("You painted no dot.")


def test_an_engine_that_is_away_is_told_at_the_button_which_can_be_pressed_again(page: Page) -> None:
    click_dot(page, 3, 5)
    find(page, "ask").click()
    fault = find(page, "fault")
    expect(fault).to_have_text("The model is waking up. Press again in a moment.")
    state(page, "ended")
    page.context.set_offline(True)
    find(page, "ask").click()
    expect(fault).to_have_text("The server cannot be reached. Press again in a moment.")
    page.context.set_offline(False)
    answer(page)
    find(page, "ask").click()
    state(page, "shown")
    assert fault.is_hidden()


@pytest.mark.slow
def test_the_real_model_halves_the_error_and_more(product: str, browser: Browser) -> None:
    with browser.new_context(base_url=product) as context:
        page = context.new_page()
        page.goto("/labs/clean-by-hand")
        find(page, "ask").click()
        state(page, "shown")
        errors = page.locator("#lab-1 [data-role=result-error]").all_inner_texts()
        noisy, yours, model, _ = (float(text.removeprefix("error ")) for text in errors)
        assert noisy == yours == pytest.approx(1.0, abs=0.06)
        assert model < noisy / 2
        assert page.request.get("/labs/clean-by-hand/-/lab-1/answer.png").ok
