"""Playwright's names for the browser tests, which import them from here.

Playwright itself is imported when a test first calls one of them, so that collecting tests never needs it,
and `make quick` does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.late import Late

__all__ = [
    "Axe",
    "Browser",
    "BrowserContext",
    "Locator",
    "Page",
    "Request",
    "Response",
    "Route",
    "expect",
    "sync_playwright",
]

if TYPE_CHECKING:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        Locator,
        Page,
        Request,
        Response,
        Route,
        expect,
        sync_playwright,
    )
else:

    def __getattr__(name: str) -> Late:
        if name.startswith("__"):
            raise AttributeError(name)
        axe = name == "Axe"
        return Late("axe_playwright_python.sync_playwright" if axe else "playwright.sync_api", name)
