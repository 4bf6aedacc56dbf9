"""A whole site over a small course of its own, for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.small_course import COURSE, LESSON, Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve a course of one lesson; every call is another server with records of its own."""
    with ExitStack() as stack:
        count = 0

        def serve(*questions: str, outline: str = "") -> TestClient:
            nonlocal count
            count += 1
            folder = tmp_path / str(count)
            lesson = folder / "lessons" / "01-colours"
            lesson.mkdir(parents=True)
            (lesson / "lesson.md").write_text(LESSON, encoding="utf-8")
            (lesson / "quiz.toml").write_text("".join(questions or COURSE), encoding="utf-8")
            if outline:
                (folder / "lessons" / "course.toml").write_text(outline, encoding="utf-8")
            (folder / "models").mkdir()
            app = create_app(
                Settings(
                    lessons=folder / "lessons",
                    models=folder / "models",
                    database_url=f"sqlite:///{folder / 'records.sqlite3'}",
                )
            )
            client = TestClient(app, base_url="http://localhost", headers={"accept": "text/html"})
            return stack.enter_context(client)

        yield serve
