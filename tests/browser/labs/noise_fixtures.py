"""Fixtures of the noise lab's tests: a lesson with two plates, served by the real application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from app.main import create_app
from app.settings import Settings
from tests.browser.labs.noise_plates import GREY, LESSON
from tests.browser.server_thread import served_in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TEXT = """+++
title = "Adding noise"
unit = "The idea"
minutes = 10
summary = "How a picture is lost."
hook = "When is the house gone?"
concepts = ["noise"]
+++

## Sliding

:::{lab} noise
Slide from the picture to the noise.
:::

## A picture of the lesson's own

:::{lab} noise
:picture: grey.png
:alt: a ramp of grey
:schedule: linear
:seed: 41
:t: 0.5
The same with a ramp.
:::
"""


@pytest.fixture(scope="session")
def noise_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a course of one lesson; there are no models and no engine."""
    folder = tmp_path_factory.mktemp("noise")
    lesson = folder / "lessons" / "01-adding-noise"
    lesson.mkdir(parents=True)
    (folder / "models").mkdir()
    (lesson / "lesson.md").write_text(TEXT, encoding="utf-8")
    (lesson / "quiz.toml").write_text("", encoding="utf-8")
    Image.fromarray(GREY).save(lesson / "grey.png")
    settings = Settings(
        lessons=folder / "lessons",
        models=folder / "models",
        database_url=f"sqlite:///{folder / 'records.sqlite3'}",
    )
    with served_in_thread(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def visitor(browser: Browser, noise_site: str) -> Iterator[BrowserContext]:
    """Keep one browser context for a file's tests: starting one takes as long as a test."""
    context = browser.new_context(base_url=noise_site, viewport={"width": 1366, "height": 625})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """Open the lesson; a script that fails, or a policy that is broken, fails the test."""
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(LESSON)
    yield page
    page.close()
    assert errors == []
