"""What axe finds on a page: every rule of WCAG 2.0 to 2.2, levels A and AA."""

from __future__ import annotations

from tests.browser.playwright_names import Axe, Page

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OPTIONS = {
    "runOnly": RULES,
    "resultTypes": ["violations"],
}  # listing what passes takes longest


def violations(page: Page) -> list[tuple[str, str]]:
    """Name each rule that is broken, with the first element that breaks it."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in found]
