"""A lesson with the lab readings, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.main import create_app
from app.settings import Settings
from tests.browser.labs.readings.plates import OPTIONS, opened
from tests.browser.server_thread import served_in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[4]
HEAD = """+++
title = "Three ways"
unit = "The idea"
minutes = 10
summary = "One answer."
hook = "Which is it?"
concepts = ["noise"]
+++

"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a lesson with the lab and the shipped models' cards; no engine answers."""
    folder = tmp_path_factory.mktemp("readings")
    lesson = folder / "lessons" / "01-three-ways"
    lesson.mkdir(parents=True)
    options = "".join(f":{name}: {text}\n" for name, text in OPTIONS.items())
    plate = f":::{{lab}} readings\n{options}\nTry it.\n:::\n"
    (lesson / "lesson.md").write_text(HEAD + plate + "\nText.\n" * 40, encoding="utf-8")
    (lesson / "quiz.toml").write_text("", encoding="utf-8")
    settings = Settings(
        lessons=folder / "lessons",
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
def page(desk: BrowserContext) -> Iterator[Page]:
    """Open the lesson; a script that fails, or a policy that is broken, fails the test."""
    page = desk.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    opened(page)
    yield page
    page.close()
    assert errors == []
