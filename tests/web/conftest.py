"""A whole site over a small course of its own, for the tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.learners.database import open_records
from app.main import create_app
from app.settings import Settings
from tests.web.small_course import COURSE, LESSON, Site


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the records of a site once, for every site to begin with a copy."""
    path = tmp_path_factory.mktemp("records") / "records.sqlite3"
    open_records(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def site(tmp_path: Path, empty_records: Path) -> Iterator[Site]:
    """Serve a course of one lesson; every call is another server with records of its own."""
    with ExitStack() as stack:
        count = 0

        def serve(
            *questions: str, outline: str = "", base: str = "http://localhost", **settings: Any
        ) -> TestClient:
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
            shutil.copy(empty_records, folder)
            app = create_app(
                Settings(
                    lessons=folder / "lessons",
                    models=folder / "models",
                    database_url=f"sqlite:///{folder / 'records.sqlite3'}",
                    **settings,
                )
            )
            client = TestClient(app, base_url=base, headers={"accept": "text/html"})
            return stack.enter_context(client)

        yield serve
