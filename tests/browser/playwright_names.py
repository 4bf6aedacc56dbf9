"""Playwright's names for the browser tests, which import them from here.

Playwright itself is imported when a test first calls one of them, so that collecting tests never needs it,
and `make quick` does not pay for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

    class Late:
        """A function or class that is looked up when it is called; as a type it is for readers alone."""

        def __init__(self, module: str, name: str) -> None:
            self.module, self.name = module, name

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return getattr(import_module(self.module), self.name)(*args, **kwargs)

    def __getattr__(name: str) -> Late:
        if name.startswith("__"):
            raise AttributeError(name)
        axe = name == "Axe"
        return Late("axe_playwright_python.sync_playwright" if axe else "playwright.sync_api", name)
