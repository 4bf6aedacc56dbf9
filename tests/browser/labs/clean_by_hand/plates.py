"""The plate of the lab clean-by-hand: its parts, its dots, and a server that answers for the engine."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.labs.clean_by_hand.options import CleanByHand, read
from app.labs.options import Resources
from tests.browser.playwright_names import expect
from tests.labs.clean_by_hand.cleaned_cards import CARDS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

LESSON = "/lessons/by-hand"
DARK, LIGHT = 80, 180
SCROLLED = "document.documentElement.scrollWidth <= innerWidth"


def settings() -> CleanByHand:
    lab = Lab("clean-by-hand", "lab-1", 1, "", {"seconds": "10", "seed": "3"})
    return read(lab, Resources(CARDS, {}))


def opened(page: Page) -> None:
    """Open the lesson, and wait for the plate, whose script is loaded when it comes near."""
    page.goto(LESSON)
    expect(find(page, "error")).not_to_have_text("\N{EN DASH}")


def find(page: Page, role: str) -> Locator:
    return page.locator(f"#lab-1 [data-role={role}]")


def greys(canvas: Locator) -> NDArray[np.uint8]:
    """Return how light each dot of a canvas is, of shape (height, width)."""
    script = """canvas => [canvas.width,
      ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
    width, *values = canvas.evaluate(script)
    return np.array(values, np.uint8).reshape(-1, width, 4)[:, :, 1]


def pad_of(page: Page) -> Locator:
    return find(page, "pad").locator("canvas")


def middle_of(page: Page, x: int, y: int, dots: int = 28) -> tuple[float, float]:
    """Return where a dot of the pad is on the screen."""
    box = pad_of(page).bounding_box()
    assert box
    return box["x"] + (x + 0.5) * box["width"] / dots, box["y"] + (y + 0.5) * box["width"] / dots


def click_dot(page: Page, x: int, y: int) -> None:
    page.mouse.click(*middle_of(page, x, y))


def state(page: Page, name: str) -> None:
    expect(page.locator("#lab-1 clean-by-hand")).to_have_attribute("data-state", name)


def answer(page: Page) -> list[Any]:
    """Let the server answer in the engine's place, and note what it was asked."""
    asked: list[Any] = []

    def fulfil(route: Route) -> None:
        asked.append(json.loads(str(route.request.post_data)))
        pixels = base64.b64encode(settings().clean.tobytes()).decode()
        route.fulfill(json={"noisy": pixels, "estimate": pixels, "rms_noisy": 1.0, "rms_estimate": 0.21})

    page.route("**/api/clean", fulfil)
    return asked
