"""The pane of the mean: what it shows of the guesses beside it, and where there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.players import put, run_to_the_end
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from tests.browser.playwright_names import Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

LAST_MEAN = re.compile("^The mean of the 8 guesses, .*50")
FIRST_MEAN = re.compile("^The mean of the 8 guesses, ")
MEAN_IS_OFF_BY = """() => {
  const read = pane => {
    const canvas = document.querySelector(`[data-pane=${pane}] canvas`);
    const { width, height } = canvas;
    return { width, height, data: canvas.getContext("2d").getImageData(0, 0, width, height).data };
  };
  const [sheet, mean] = ["x0_hat", "mean"].map(read);
  let [atMost, spread] = [0, 0];
  for (let y = 0; y < mean.height; y += 1) for (let x = 0; x < mean.width; x += 1) {
    const all = Array.from({ length: 8 }, (_, index) => {
      const [left, top] = [(index % 3) * (mean.width + 1), Math.floor(index / 3) * (mean.height + 1)];
      return sheet.data[4 * ((top + y) * sheet.width + left + x)];
    });
    const average = all.reduce((sum, level) => sum + level, 0) / 8;
    atMost = Math.max(atMost, Math.abs(average - mean.data[4 * (y * mean.width + x)]));
    spread = Math.max(spread, Math.max(...all) - Math.min(...all));
  }
  return { atMost, spread };
}"""


def test_the_mean_of_all_guesses_is_drawn_from_the_frame_that_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto("/mean")
    mean = page.locator("[data-pane=mean]")
    expect(mean.locator("[data-role=empty]")).to_be_visible()
    expect(page.locator("[data-pane=eps_hat]")).to_be_hidden()  # until it is asked for
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
    expect(mean.get_by_role("img")).to_have_attribute("aria-label", LAST_MEAN)
    far = page.evaluate(MEAN_IS_OFF_BY)
    assert far["atMost"] <= 1
    assert far["spread"] > 10  # the eight are no copies of each other
    page.locator("[data-go=first]").click()
    expect(mean.get_by_role("img")).to_have_attribute("aria-label", FIRST_MEAN)
    assert page.evaluate(MEAN_IS_OFF_BY)["atMost"] <= 1


def test_a_run_of_one_picture_has_no_mean(page: Page) -> None:
    page.goto("/mean")
    put(page, "count", "1")
    run_to_the_end(page)
    expect(page.locator("[data-pane=mean]")).to_be_hidden()
    expect(page.locator("[data-pane=x0_hat]")).to_be_visible()


@pytest.mark.parametrize("width", [390, 320, 1366])
def test_with_the_mean_nothing_scrolls_sideways_and_the_panes_are_of_a_size(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/mean")
    run_to_the_end(page)
    for shown in (3, 4):
        widths = page.evaluate(
            "[...document.querySelectorAll('.pane')].map(pane => pane.offsetWidth).filter(Boolean)"
        )
        assert len(widths) == shown
        assert max(widths) - min(widths) <= 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("[data-role=show-noise]").check()
