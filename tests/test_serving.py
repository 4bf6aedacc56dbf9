"""What `fromnoise serve --reload` starts again for."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import uvicorn

from app.serving import Watching, how_to_serve, is_input
from app.settings import Settings

LESSON = "01-colours"


@pytest.mark.parametrize(
    "name",
    [
        "course.toml",
        LESSON,
        f"{LESSON}/lesson.md",
        f"{LESSON}/quiz.toml",
        f"{LESSON}/ids.toml",
        f"{LESSON}/seven.png",
        f"{LESSON}/photos",
        f"{LESSON}/photos/SEA.JPG",
        f"{LESSON}/snippets/say.py",
        f"{LESSON}/snippets/say.out",
        f"{LESSON}/data/table.csv",
        f"{LESSON}/a file of no kind",
    ],
)
def test_everything_that_a_page_is_made_from_is_watched(tmp_path: Path, name: str) -> None:
    assert is_input(tmp_path / name, tmp_path)


@pytest.mark.parametrize(
    "name",
    ["snippets/__pycache__/say.cpython-311.pyc", ".lesson.md.swp", "lesson.md~", "~$lesson.md", ".git/x"],
)
def test_what_python_and_editors_leave_behind_is_not(tmp_path: Path, name: str) -> None:
    assert not is_input(tmp_path / LESSON / name, tmp_path)


def test_drafts_and_what_lies_elsewhere_are_not(tmp_path: Path) -> None:
    assert not is_input(tmp_path / "_drafts" / "lesson.md", tmp_path)
    assert not is_input(tmp_path.parent / "lesson.md", tmp_path)


@pytest.mark.slow
def test_a_renamed_folder_and_a_file_of_a_new_kind_are_noticed(tmp_path: Path) -> None:
    (tmp_path / LESSON).mkdir()
    config = uvicorn.Config("app.reloading:create_app", reload=True, reload_dirs=[str(tmp_path)])
    watching = Watching(config, lambda _: None, [])

    def noticed() -> set[str]:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if found := watching.should_restart():
                return {path.name for path in found}
        return set()

    later = threading.Timer(1.0, lambda: (tmp_path / LESSON).rename(tmp_path / "01-shades"))
    later.start()  # watching begins with the first look
    assert "01-shades" in noticed()
    (tmp_path / "01-shades" / "table.csv").write_text("1")
    assert noticed() == {"table.csv"}


@pytest.mark.parametrize("said", ["2", "16", "0"])
def test_nobody_elses_setting_decides_the_number_of_web_processes(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", said)
    assert uvicorn.Config("app.main:create_app", **how_to_serve(Settings())).workers == 1
