"""The plate of the lab readings: its parts, and a server that answers in the engine's place."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.readings.options import ReadingsLab, read
from app.labs.readings.quantities import true_quantities
from tests.browser.playwright_names import expect
from tests.labs.readings.asked_cards import CARDS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

LESSON = "/lessons/three-ways"
OPTIONS = {"levels": "0.1 0.5 0.98 1", "seed": "3"}
SCROLLED = "document.documentElement.scrollWidth <= innerWidth"
NAMES = ("x0", "eps", "v")


def settings() -> ReadingsLab:
    return read(Lab("readings", "lab-1", 1, "", OPTIONS), Resources(CARDS, {}))


def opened(page: Page) -> None:
    """Open the lesson, and wait for the plate, whose script is loaded when it comes near."""
    page.goto(LESSON)
    expect(read_out(page, "signal")).not_to_have_text("\N{EN DASH}")


def find(page: Page, role: str) -> Locator:
    return page.locator(f"#lab-1 [data-role={role}]")


def read_out(page: Page, name: str) -> Locator:
    return page.locator(f"#lab-1 [data-read={name}]")


def slide(page: Page, place: int) -> None:
    find(page, "level").fill(str(place))


def pane(page: Page, row: str, name: str) -> Locator:
    return page.locator(f"#lab-1 [data-row={row}] [data-reading={name}]")


def errors(page: Page, row: str) -> dict[str, float]:
    """Read the errors of a row, where there are any."""
    texts = {name: pane(page, row, name).locator("[data-role=error]").inner_text() for name in NAMES}
    return {name: float(text.removeprefix("error ")) for name, text in texts.items() if "error" in text}


def demand(page: Page, row: str, name: str) -> str:
    return pane(page, row, name).locator("[data-role=demand]").inner_text()


def greys(canvas: Locator) -> NDArray[np.uint8]:
    """Return how light each dot of a canvas is, of shape (height, width)."""
    script = """canvas => [canvas.width,
      ...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
    width, *values = canvas.evaluate(script)
    return np.array(values, np.uint8).reshape(-1, width, 4)[:, :, 1]


def state(page: Page, name: str) -> None:
    expect(page.locator("#lab-1 readings-lab")).to_have_attribute("data-state", name)


def fulfil(route: Route, off: float = 0.3) -> Any:
    """Answer one request in the engine's place, every dot of v off by as much, and return what it asked."""
    asked = json.loads(str(route.request.post_data))
    true = true_quantities(settings(), settings().levels[asked["level"]])
    v_hat = (true.v + off).astype("<f4")
    route.fulfill(json={"v_hat": base64.b64encode(v_hat.tobytes()).decode()})
    return asked


def answer(page: Page, off: float = 0.3) -> list[Any]:
    """Answer all requests so, and note what they asked."""
    asked: list[Any] = []
    page.route("**/api/readings", lambda route: asked.append(fulfil(route, off)))
    return asked
