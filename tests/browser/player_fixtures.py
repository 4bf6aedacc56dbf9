"""Fixtures of the player's tests: the fake server, and a page that fails when a script or a policy does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest

from tests.browser.fake_server import Scenario, serving
from tests.browser.playwright_names import Browser, BrowserContext, Page


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Scenario]]:
    scenario = Scenario()
    with serving(scenario) as address:
        yield address, scenario


@pytest.fixture
def scenario(server: tuple[str, Scenario]) -> Scenario:
    for setting in fields(Scenario):
        setattr(server[1], setting.name, getattr(Scenario(), setting.name))
    return server[1]


@pytest.fixture(scope="module")
def visitor(browser: Browser, server: tuple[str, Scenario]) -> Iterator[BrowserContext]:
    """Keep one browser context for a file's tests: starting one takes as long as a test."""
    context = browser.new_context(base_url=server[0], viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext, scenario: Scenario) -> Iterator[Page]:
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    page.close()
    assert errors == []
