"""One answer of the model, read three ways at each level; and what is said where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.labs.readings.quantities import read_from_v, true_quantities
from tests.browser.labs.readings.plates import (
    NAMES,
    answer,
    demand,
    errors,
    find,
    fulfil,
    greys,
    pane,
    read_out,
    settings,
    slide,
    state,
)
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
OFF = 0.3
TIMES = "\N{MULTIPLICATION SIGN}"
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"


def hold(held: list[Route], route: Route) -> None:
    held.append(route)


def alike(shown: np.ndarray, drawn: np.ndarray) -> float:
    """Say how far a canvas follows a picture on paper: 1 where they are the same but for the ink's colour."""
    return float(np.corrcoef(shown.ravel().astype(float), drawn.ravel().astype(float))[0, 1])


def test_the_pictures_are_the_true_quantities_of_the_level(page: Page) -> None:
    for place in (0, 3):
        slide(page, place)
        pictures = true_quantities(settings(), settings().levels[place]).pictures()
        shown = [find(page, "noisy"), *(pane(page, "true", name) for name in NAMES)]
        for one, drawn in zip(shown, pictures, strict=True):
            assert alike(greys(one.locator("canvas")), drawn) > 0.999


def test_one_call_is_read_three_ways_and_the_errors_have_their_ratios(page: Page) -> None:
    asked = answer(page, OFF)
    slide(page, 0)
    assert [pane(page, "model", name).inner_text().split("\n")[0] for name in NAMES] == ["Not asked yet"] * 3
    find(page, "ask").click()
    state(page, "answered")
    assert asked == [{"lesson": "three-ways", "lab": "lab-1", "level": 0}]
    at = settings().levels[0]
    true = true_quantities(settings(), at)
    expected = read_from_v(true.v + np.float32(OFF), true.x_t, at)
    for name, drawn in zip(NAMES, expected.pictures()[1:], strict=True):
        assert alike(greys(pane(page, "model", name).locator("canvas")), drawn) > 0.999
    found = errors(page, "model")
    assert found["v"] == pytest.approx(OFF, abs=0.001)
    assert found["x0"] == pytest.approx(OFF * at.noise_scale, rel=0.01)
    assert found["eps"] == pytest.approx(OFF * at.signal_scale, rel=0.01)
    assert demand(page, "model", "x0") == ""
    assert demand(page, "model", "eps") == f"S/N {TIMES} {found['x0']:.4f} = {found['eps']:.3f}"
    assert demand(page, "model", "v") == f"1/N {TIMES} {found['x0']:.4f} = {found['v']:.3f}"
    assert find(page, "voice").inner_text() == (
        f"At t 0.1 the model{APOSTROPHE}s answer is off by {found['x0']:.4f} in the picture, "
        f"{found['eps']:.3f} in the noise and {found['v']:.3f} in the velocity."
    )


def test_each_level_is_asked_once_and_its_errors_stay_in_the_table(page: Page) -> None:
    asked = answer(page, OFF)
    table = find(page, "asked")
    assert table.is_hidden()
    for place in (0, 2):
        slide(page, place)
        find(page, "ask").click()
        state(page, "answered")
        assert find(page, "ask").is_hidden()
    slide(page, 1)
    state(page, "ready")
    assert find(page, "ask").inner_text() == "Ask the model at t = 0.5"
    slide(page, 0)
    state(page, "answered")
    assert [one["level"] for one in asked] == [0, 2]
    rows = table.locator("tbody tr:visible")
    assert [row.locator("th").inner_text() for row in rows.all()] == ["0.1", "0.98"]
    cells = rows.first.locator("td").all_inner_texts()
    assert [float(cell) for cell in cells] == list(errors(page, "model").values())


def test_where_nothing_of_the_picture_is_left_no_model_is_asked(page: Page) -> None:
    asked = answer(page)
    slide(page, 3)
    assert find(page, "ask").is_hidden()
    assert "trained up to t = 0.999 and is not asked here" in find(page, "unasked").inner_text()
    assert read_out(page, "snr").inner_text() == "\N{MINUS SIGN}∞ dB"
    slide(page, 2)
    assert find(page, "unasked").is_hidden()
    assert find(page, "ask").is_visible()
    assert asked == []


def test_an_answer_that_comes_late_is_that_of_the_level_at_which_it_was_asked(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/readings", lambda route: hold(held, route))
    slide(page, 0)
    with page.expect_request("**/api/readings"):
        find(page, "ask").click()
    state(page, "asking")
    assert find(page, "ask").inner_text() == "Asking the model…"
    find(page, "ask").click()
    slide(page, 1)
    state(page, "ready")
    assert len(held) == 1
    fulfil(held[0])
    expect(find(page, "asked")).to_be_visible()
    state(page, "ready")
    slide(page, 0)
    state(page, "answered")


def test_an_engine_that_is_away_is_told_at_its_level_and_can_be_asked_again(page: Page) -> None:
    slide(page, 0)
    find(page, "ask").click()
    fault = find(page, "fault")
    expect(fault).to_have_text("The model is waking up. Press again in a moment.")
    slide(page, 1)
    assert fault.is_hidden()
    slide(page, 0)
    assert fault.is_visible()
    page.context.set_offline(True)
    find(page, "ask").click()
    expect(fault).to_have_text("The server cannot be reached. Press again in a moment.")
    page.context.set_offline(False)
    answer(page)
    find(page, "ask").click()
    state(page, "answered")
    assert fault.is_hidden()


@pytest.mark.slow
def test_the_real_model_answers_and_its_errors_follow_the_level(product: str, browser: Browser) -> None:
    with browser.new_context(base_url=product) as context:
        page = context.new_page()
        page.goto("/labs/readings")
        found = []
        for place in (0, 2, 5):
            slide(page, place)
            find(page, "ask").click()
            state(page, "answered")
            found.append(errors(page, "model"))
        assert [error["x0"] for error in found] == sorted(error["x0"] for error in found)
        assert [error["eps"] for error in found] == sorted((error["eps"] for error in found), reverse=True)
        assert found[1]["v"] < 0.7
        assert page.request.get("/labs/readings/-/lab-1/0/answer.png").ok
