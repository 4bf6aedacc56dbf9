"""The lab train2d on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.main import create_app
from app.settings import Settings
from tests.browser.labs.train2d.plates import PATH, Trainings
from tests.browser.playwright_names import expect
from tests.browser.server_thread import served_in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the course; no engine answers."""
    folder = tmp_path_factory.mktemp("train2d")
    settings = Settings(
        lessons=ROOT / "lessons",
        models=ROOT / "models",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with served_in_thread(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def desk(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=site, viewport={"width": 1366, "height": 768}) as made:
        yield made


@pytest.fixture
def trainings() -> Trainings:
    return Trainings()


@pytest.fixture
def page(desk: BrowserContext, trainings: Trainings) -> Iterator[Page]:
    """Open the lab's page; a script that fails, or a policy that is broken, fails the test."""
    page = desk.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    trainings.install(page)
    page.goto(PATH)
    expect(page.locator("#lab-1 [data-role=cost]")).not_to_have_text("")
    yield page
    page.close()
    assert errors == []
