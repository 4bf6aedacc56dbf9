"""Fixtures of the kit's tests: a server and a blank page, shared by all, in which modules are imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.kit.kit_server import KitServer
from tests.browser.playwright_names import Browser, Page
from tests.browser.server_thread import served_in_thread

HELPERS = """
  const kit = name => import(`/static/kit/${name}.js`);
  const timeout = window.setTimeout; // a test may set another one
  const pass = ms => new Promise(resolve => timeout(resolve, ms));
  const until = async holds => {
    for (let tries = 0; !holds(); tries += 1) {
      if (tries > 400) throw new Error(`never held: ${holds}`);
      await pass(10);
    }
  };
  const hide = isHidden => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
"""


class KitPage:
    """A blank page of the kit's server."""

    def __init__(self, page: Page, server: KitServer) -> None:
        self.page = page
        self.server = server

    def run(self, script: str, given: Any = None) -> Any:
        """Run the body of an async function with `HELPERS`: `kit(name)` imports a module."""
        return self.page.evaluate(f"async given => {{ {HELPERS} {script} }}", given)


@pytest.fixture(scope="session")
def kit_server() -> Iterator[tuple[str, KitServer]]:
    server = KitServer()
    with served_in_thread(server.app) as address:
        yield address, server


@pytest.fixture(scope="session")
def blank_page(browser: Browser, kit_server: tuple[str, KitServer]) -> Iterator[Page]:
    context = browser.new_context(base_url=kit_server[0], viewport={"width": 800, "height": 600})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def kit_page(blank_page: Page, kit_server: tuple[str, KitServer]) -> Iterator[KitPage]:
    """A fresh document for every test, which fails on an error that its scripts leave uncaught."""
    server = kit_server[1]
    server.reset()
    errors: list[str] = []

    def note(error: Any) -> None:
        errors.append(str(error))

    blank_page.on("pageerror", note)
    blank_page.goto("/")
    yield KitPage(blank_page, server)
    blank_page.remove_listener("pageerror", note)
    assert errors == []
