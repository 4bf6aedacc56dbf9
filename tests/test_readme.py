"""The README: its examples are real, its tables complete, and what it points at is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from app import cli
from app.questions.catalogue import load_catalogue
from app.questions.check import check_course
from app.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()


def example(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str(found)


def first_column() -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE))


def test_teachers_find_the_guide_to_writing_lessons() -> None:
    teachers = README.partition("\n## For teachers\n")[2].partition("\n## For tinkerers\n")[0]
    assert "(docs/authoring.md)" in teachers
    assert "(docs/authoring.md#fences)" in teachers
    assert "\n### Fences\n" in (ROOT / "docs" / "authoring.md").read_text()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The lesson and the question of the README, as a course."""
    lesson = tmp_path / "02-one-guess"
    lesson.mkdir()
    (lesson / "lesson.md").write_text(example("markdown"))
    (lesson / "quiz.toml").write_text(example("toml"))
    return tmp_path


def test_its_lesson_and_question_are_a_course_without_faults(written: Path) -> None:
    report = check_course(written)
    assert report.problems == ()
    # One question is too few for a lesson; about the question itself there is nothing to say.
    assert [warning for warning in report.warnings if "l2-average" in warning] == []
    (lesson,) = load_catalogue(written).lessons
    assert lesson.slug == "one-guess"
    assert [question.id for question in lesson.questions] == ["l2-average"]


def test_every_file_it_points_at_is_there() -> None:
    targets = re.findall(r"\]\(([^)#\s]+)\)", README)
    assert len(targets) > 30
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_every_command_is_in_its_table_and_no_other() -> None:
    whole = typer.main.get_command(cli.app)
    assert isinstance(whole, TyperGroup)
    commands = set(whole.commands)
    assert {row.removeprefix("fromnoise ") for row in first_column() if " " in row} == commands


def test_every_setting_is_in_its_table_and_no_other() -> None:
    settings = {name.upper() for name in Settings.model_fields}
    assert {row for row in first_column() if row.isupper()} == settings


def test_the_defaults_in_its_table_are_the_real_ones() -> None:
    stated = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))
    assert {"HOST", "PORT", "RUNS_PER_MINUTE"} <= set(stated)
    for name, value in stated.items():
        default = Settings.model_fields[name.lower()].get_default(call_default_factory=True)
        if isinstance(default, Path):
            default = f"{default.relative_to(ROOT)}/"
        assert str(default).lower() == value.lower(), name


def test_its_make_targets_exist() -> None:
    rules = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake (run|test|check|bench|\w+)\b", " ".join(code_of(README)))) <= rules


def code_of(text: str) -> list[str]:
    return re.findall(r"`[^`\n]+`", text) + re.findall(r"^make .*$", text, re.MULTILINE)


def test_the_changelog_begins_with_what_is_not_released() -> None:
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_a_released_version_is_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    released = re.findall(r"^## \[(\d[^\]]*)\]", CHANGELOG, re.MULTILINE)
    assert not released or released[0] == version
