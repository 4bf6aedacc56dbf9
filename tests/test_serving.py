"""What `fromnoise serve --reload` starts again for."""

from __future__ import annotations

from pathlib import Path

import pytest
from uvicorn.config import Config
from uvicorn.supervisors.watchfilesreload import FileFilter

from app.serving import watched

LESSON = "01-colours"


@pytest.fixture
def starts_again(tmp_path: Path) -> FileFilter:
    """What the server asks of every file that changes."""
    for name in ("lesson.md", "data/table.csv", "notes", "snippets/__pycache__/say.cpython-311.pyc"):
        path = tmp_path / LESSON / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    config = Config(
        "app.main:create_app", reload=True, reload_dirs=[str(tmp_path)], reload_includes=watched(tmp_path)
    )
    return FileFilter(config)


@pytest.mark.parametrize(
    "name",
    [
        "course.toml",
        f"{LESSON}/lesson.md",
        f"{LESSON}/quiz.toml",
        f"{LESSON}/ids.toml",
        f"{LESSON}/seven.png",
        f"{LESSON}/photos/SEA.JPG",
        f"{LESSON}/snippets/say.py",
        f"{LESSON}/snippets/say.out",
        f"{LESSON}/snippets/run.sh",
        f"{LESSON}/data/table.csv",
    ],
)
def test_every_file_that_a_page_is_made_from_is_watched(
    starts_again: FileFilter, tmp_path: Path, name: str
) -> None:
    assert starts_again(tmp_path / name)


@pytest.mark.parametrize("name", ["snippets/__pycache__/say.cpython-311.pyc", ".lesson.md.swp", "lesson.md~"])
def test_what_python_and_editors_leave_behind_is_not(
    starts_again: FileFilter, tmp_path: Path, name: str
) -> None:
    assert not starts_again(tmp_path / LESSON / name)
