"""The guide for authors says everything that the program reads, and nothing else."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from app import cli
from app.checking import check_all, check_claims
from app.course.experiments import MEASURES_OF
from app.course.fences import FENCES
from app.course.fences import OPTION as OPTION_LINE
from app.labs.registry import LABS
from app.questions.catalogue import read_course
from app.questions.registry import KINDS
from docs.reference import PAGE, TABLES, kinds_of_questions, renewed
from tests.questions.guests.number.kind import NUMBER

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_program() -> None:
    assert renewed(TEXT) == TEXT, "run `make docs`"


def rows_with_gaps(table: str) -> list[str]:
    rows = (line for line in table.splitlines() if line.startswith("| "))
    return [row for row in rows if not all(cell.strip() for cell in row[1:-1].split("|"))]


def test_every_table_has_its_place_and_no_cell_is_empty() -> None:
    assert sorted(re.findall(r"<!-- generated: ([\w-]+) -->", TEXT)) == sorted(TABLES)
    for name, table in TABLES.items():
        assert rows_with_gaps(table()) == [], name


def test_a_kind_of_question_that_is_registered_has_a_table_and_one_without_descriptions_has_gaps() -> None:
    table = kinds_of_questions({**KINDS, "number": NUMBER})
    assert table.startswith(kinds_of_questions())
    added = table.removeprefix(kinds_of_questions())
    assert '\n\nWith the kind `"number"`:\n\n' in added
    assert "| `tolerance` | number from 0 | no |" in added
    assert "`stem`" not in added, "every question has one"
    assert len(rows_with_gaps(added)) == len({"kind", "right", "tolerance", "when_right", "when_wrong"})


def test_every_kind_of_question_and_every_field_of_it_is_listed() -> None:
    for name, kind in KINDS.items():
        assert f'`"{name}"`' in TABLES["question"]()
        assert f'`"{name}"`' in TABLES["kinds"]()
        assert all(f"| `{field}` |" in TEXT for field in kind.schema.model_fields)


def test_a_type_is_said_once_however_many_forms_it_has() -> None:
    assert "| `experiment` | table | no |" in TABLES["question"]()


def test_every_key_and_option_that_the_shipped_course_uses_is_listed() -> None:
    lessons = PAGE.parents[1] / "lessons"
    for lesson in lessons.glob("*/lesson.md"):
        text = lesson.read_text(encoding="utf-8")
        for name in re.findall(r"^:::+\{(\w+)\}", text, re.MULTILINE):
            assert f"`:::{{{name}}}`" in TEXT
        for option in re.findall(rf"^{OPTION_LINE.pattern}$", text, re.MULTILINE):
            assert f"`:{option[0]}:`" in TEXT
    for quiz in lessons.glob("*/quiz.toml"):
        for question in tomllib.loads(quiz.read_text(encoding="utf-8"))["question"]:
            assert all(f"`{key}`" in TEXT for key in question)


@pytest.mark.parametrize("name", FENCES)
def test_every_fence_says_what_it_makes(name: str) -> None:
    fence = FENCES[name]
    assert fence.makes.endswith(".")
    assert fence.body


def blocks(language: str) -> list[str]:
    """List the guide's examples in a language, in their order."""
    found = re.findall(r"^(`{3,})(\w+)\n(.*?)^\1$", TEXT, re.MULTILINE | re.DOTALL)
    return [text for _, said, text in found if said == language]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Follow the guide from top to bottom: its examples are put into files as it says."""
    root = tmp_path_factory.mktemp("guide")
    lesson = root / "mine" / "01-from-noise-to-picture"
    shutil.copytree(PAGE.parents[1] / "lessons", root / "lessons")
    for line in blocks("sh")[0].splitlines():
        command, *words = shlex.split(line)
        assert command in {"mkdir", "cp", "touch"}
        subprocess.run([command, *words], cwd=root, check=True)
    (lesson / "lesson.md").write_text("\n".join(blocks("markdown")), encoding="utf-8")
    course, *quiz, glossary, ids = blocks("toml")
    (root / "mine" / "glossary.toml").write_text(glossary, encoding="utf-8")
    (root / "mine" / "course.toml").write_text(course, encoding="utf-8")
    (lesson / "quiz.toml").write_text("\n".join(quiz), encoding="utf-8")
    (lesson / "ids.toml").write_text(ids, encoding="utf-8")
    (lesson / "snippets").mkdir()
    (program,) = blocks("python")
    (lesson / "snippets" / "by_hand.py").write_text(program, encoding="utf-8")
    *_, made = blocks("sh")
    assert made.splitlines()[1].split()[1:] == ["by_hand.py", ">", "by_hand.out"]
    with (lesson / "snippets" / "by_hand.out").open("wb") as out:
        subprocess.run([sys.executable, "by_hand.py"], cwd=lesson / "snippets", stdout=out, check=True)
    return root / "mine"


def test_the_examples_make_a_course_without_faults(followed: Path) -> None:
    checked = check_all(followed, PAGE.parents[1] / "models", computed=False)
    assert checked.problems == ()
    assert [line for line in checked.lines[:-1] if "the fewest" not in line] == []
    catalogue, _ = read_course(followed)
    assert [lesson.slug for lesson in catalogue.lessons] == ["from-noise-to-picture"]
    assert [question.kind for question in catalogue.lessons[0].questions] == ["single", "several"]


@pytest.mark.slow
def test_what_the_examples_claim_holds(followed: Path) -> None:
    outcomes = check_claims(read_course(followed)[0], PAGE.parents[1] / "models")
    assert [line for held, line in outcomes if not held] == []
    assert len(outcomes) == 2


def test_the_examples_show_every_fence_every_lab_and_every_kind_of_question_and_experiment() -> None:
    text, quiz = "\n".join(blocks("markdown")), "\n".join(blocks("toml"))
    assert set(re.findall(r"^:::+\{(\w+)\}", text, re.MULTILINE)) == set(FENCES)
    assert set(re.findall(r"^:::\{lab\} ([\w-]+)", text, re.MULTILINE)) == set(LABS)
    assert {*KINDS, *MEASURES_OF} == set(re.findall(r'^kind = "(\w+)"', quiz, re.MULTILINE))


def test_every_command_and_option_of_the_guide_is_there() -> None:
    whole = typer.main.get_command(cli.app)
    assert isinstance(whole, TyperGroup)
    named = re.findall(r"fromnoise (\w+)([^`\n]*)", TEXT)
    assert {"serve", "check", "export", "sample"} <= {command for command, _ in named}
    for command, rest in named:
        options = {name for parameter in whole.commands[command].params for name in parameter.opts}
        assert set(re.findall(r"--[\w-]+", rest)) - {"--no-computed"} <= options, command
