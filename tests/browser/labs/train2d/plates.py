"""The plate of a train2d lab, and a server whose trainings are real and short: their events are made here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.engine.points.progress import report
from app.engine.points.spec import read_training
from app.engine.points.together import Together
from app.engine.points.training import Training
from tests.browser.playwright_names import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

PATH = "/labs/train2d"
SCROLLED = "document.documentElement.scrollWidth <= innerWidth"


def events_of(asked: dict[str, Any], updates: int = 40) -> bytes:
    """Train as the engine does, for a few updates, and return the events."""
    spec = read_training(json.dumps(asked | {"updates": min(updates, asked["updates"])}).encode())
    training = Training(spec)
    events = [report(training)]
    while not training.is_finished:
        Together([training]).advance(training.until_due)
        events.append(report(training))
    return b"".join(events)


@dataclass
class Trainings:
    """Answers in the server's place.

    Attributes:
        asked: what it was asked to train.
        withdrawn: how many trainings were given up.
        ending: the event after the reports.
        refusal: a status and an error to answer with instead.
        pace: seconds of an update, and of a report.
    """

    asked: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: int = 0
    ending: bytes = b'event: done\ndata: {"updates": 40, "seconds": 0.5}\n\n'
    refusal: tuple[int, dict[str, Any]] | None = None
    pace: tuple[float, float] | None = (0.0005, 0.01)

    def install(self, page: Page) -> None:
        """Take over the addresses of trainings."""
        page.route("**/api/trainings", self._list)
        page.route("**/api/trainings/*/events*", self._events)
        page.route("**/api/trainings/t*", self._withdraw)

    def _list(self, route: Route) -> None:
        if route.request.method == "GET":
            update, per_report = self.pace or (None, None)
            route.fulfill(json={"update_seconds": update, "report_seconds": per_report})
        elif self.refusal:
            status, error = self.refusal
            route.fulfill(status=status, json={"error": error})
        else:
            self.asked.append(json.loads(str(route.request.post_data)))
            name = f"t{len(self.asked) - 1}"
            route.fulfill(
                status=201, json={"id": name, "updates": 40, "events": f"/api/trainings/{name}/events"}
            )

    def _events(self, route: Route) -> None:
        place = int(route.request.url.split("/api/trainings/t")[1].split("/")[0])
        body = events_of(self.asked[place]) + self.ending
        route.fulfill(body=body, headers={"content-type": "text/event-stream"})

    def _withdraw(self, route: Route) -> None:
        self.withdrawn += 1
        route.fulfill(status=204)


def find(page: Page, role: str) -> Locator:
    return page.locator(f"#lab-1 [data-role={role}]")


def column(page: Page, place: int = 1) -> Locator:
    return page.locator("#lab-1 [data-role=column]").nth(place - 1)


def said(page: Page, role: str, place: int = 1) -> str:
    """Return what stands in a part of a column."""
    return column(page, place).locator(f"[data-role={role}]").inner_text()


def train(page: Page) -> None:
    find(page, "train").click()


def done(page: Page, place: int = 1) -> None:
    expect(column(page, place)).to_have_attribute("data-state", "done")


def ink(canvas: Locator) -> int:
    """Count the dots of a canvas that are drawn on."""
    script = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
      .filter((value, index) => index % 4 === 3 && value > 0).length"""
    return int(canvas.evaluate(script))
