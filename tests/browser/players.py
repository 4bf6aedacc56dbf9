"""What tests of the player say and do: the moves of a viewer, and what is looked for on the page."""

from __future__ import annotations

import re

from tests.browser.playwright_names import Locator, Page, expect

PIXELS = """pane => {
  const canvas = document.querySelector(`[data-pane=${pane}] canvas`);
  return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).join();
}"""
TOO_SMALL = """[...document.querySelectorAll('.player :is(button, input, select, textarea, summary)')]
  .filter(e => e.offsetParent && !e.matches('.describe:not(:focus)'))
  .filter(e => (e.offsetWidth < 18 || e.closest('label, p, div').offsetHeight < 24))
  .map(e => e.outerHTML.slice(0, 80))"""
UNDER_WAY = re.compile(r"^([3-9]|[12]\d) / 50")


def state(page: Page, name: str) -> None:
    expect(page.locator("denoising-player")).to_have_attribute("data-state", name, timeout=15_000)


def start(page: Page) -> None:
    page.locator("[data-role=start]").click()


def reading(page: Page, name: str) -> str:
    return page.locator(f"[data-read={name}]").inner_text()


def run_to_the_end(page: Page) -> None:
    start(page)
    state(page, "done")


def put(page: Page, field: str, value: str) -> None:
    page.locator(f"[name={field}]").fill(value)


def words(page: Page) -> Locator:
    return page.locator(".word-map")


def paint(page: Page, prompt: str, attention: bool = True) -> None:
    page.goto("/painter")
    put(page, "prompt", prompt)
    if attention:
        page.locator("[name=attention]").check()
    run_to_the_end(page)
    page.locator("[data-go=last]").click()
