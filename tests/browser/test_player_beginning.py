"""What a plate of several pictures shows before the press: the noise that its run will start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.diffusion.seeds import PictureNoise
from tests.browser.players import PIXELS, put, run_to_the_end
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from tests.browser.playwright_names import Locator, Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.player_fixtures",)

CLEAR = """canvas => canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data.every(level => level === 0)"""


def drawn(page: Page, sheet: Locator) -> None:
    """Wait until something is on a sheet: its script is loaded meanwhile."""
    for _ in range(200):
        if not sheet.evaluate(CLEAR):
            return
        page.wait_for_timeout(25)
    raise AssertionError("nothing was drawn within five seconds")


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_the_noise_of_several_pictures_is_the_server_s(page: Page, shape: tuple[int, int, int]) -> None:
    page.goto("/")
    shown = page.evaluate(
        """async ([seed, shape, count, scale]) => {
          const { startingNoise } = await import("/static/labs/player/starting_noise.js");
          return [...startingNoise(seed, shape, count, scale)];
        }""",
        [2**40 + 3, list(shape), 3, 0.97],
    )
    noise = np.stack([PictureNoise(2**40 + 3, index).draw(shape) for index in range(3)])
    levels = ((0.97 * noise).clip(-1.0, 1.0) + 1.0) * 127.5
    expected = levels.round().transpose(0, 2, 3, 1).ravel()
    off = np.abs(np.array(shown) - expected)
    assert off.max() <= 1
    assert (off == 0).mean() > 0.999


def test_it_is_shown_before_the_press_and_is_the_first_frame_of_the_run(page: Page) -> None:
    page.goto("/mean")
    sheet = page.locator("[data-pane=x_t] canvas")
    drawn(page, sheet)
    before = page.evaluate(PIXELS, "x_t")
    put(page, "seed", "4")
    page.locator("[name=seed]").press("Tab")
    assert sheet.evaluate(CLEAR)  # this seed's noise is not known
    put(page, "seed", "3")
    page.locator("[name=seed]").press("Tab")
    drawn(page, sheet)
    assert page.evaluate(PIXELS, "x_t") == before
    run_to_the_end(page)
    page.locator("[data-go=first]").click()
    expect(page.locator("[data-read=step]")).to_contain_text("0")
    first = np.array(page.evaluate(PIXELS, "x_t").split(","), dtype=int)
    assert np.abs(first - np.array(before.split(","), dtype=int)).max() <= 1
