"""How the commands that read lessons are told of the folder, and of one lesson in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import serving
from app.cli import app
from app.errors import NotFound
from app.settings import Settings
from tests.course_folder import Course


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a lesson in a folder of its own; the working folder is the one above."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODELS", str(tmp_path))
    folder: Path = Course(tmp_path / "mine").lesson()
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize("command", ["serve", "check", "export"])
def test_whatever_reads_lessons_takes_their_folder(command: str) -> None:
    assert "--lessons" in run(command, "--help").output


def test_serve_takes_the_folder_as_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(serving, "serve", served.append)
    assert run("serve", "--lessons", str(tmp_path)).exit_code == 0
    assert served[0].lessons == tmp_path


@pytest.mark.parametrize("how", ["slug", "folder", "setting"])
@pytest.mark.parametrize("command", [("check", "--no-computed"), ("export", "--print")])
def test_a_lesson_is_found_alike_by_every_command(
    lesson: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], how: str
) -> None:
    if how == "setting":
        monkeypatch.setenv("LESSONS", str(lesson.parent))
    named = str(lesson) if how == "folder" else "colours"
    options = ["--lessons", str(lesson.parent)] if how == "slug" else []
    done = run(command[0], named, *command[1:], *options)
    assert done.exit_code == 0, done.output
    if command[0] == "export":
        said = "colours.html: Colours, 0 plates, 1 question with all solutions"
        assert said in " ".join(done.output.split())
        assert "Which" in Path("colours.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [("check",), ("export", "--print")])
def test_a_lesson_that_is_not_there_is_told_with_those_that_are(
    lesson: Path, command: tuple[str, ...]
) -> None:
    done = run(command[0], "shapes", *command[1:], "--lessons", str(lesson.parent))
    assert isinstance(done.exception, NotFound)
    assert str(done.exception) == "there is no lesson 'shapes'; there are colours"
