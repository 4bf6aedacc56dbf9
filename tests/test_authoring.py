"""The guide for authors says everything that the program reads, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app.course.fences import FENCES
from app.course.fences import OPTION as OPTION_LINE
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


def test_the_examples_make_a_course_without_faults(tmp_path: Path) -> None:
    """Follow the guide: its examples are put into files as it says."""
    examples = dict(enumerate(re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)))
    course, question, experiment, ids = (examples[number] for number in range(4))
    lesson = tmp_path / "02-adding-noise"
    (lesson / "snippets").mkdir(parents=True)
    first = tmp_path / "01-from-noise-to-picture"
    first.mkdir()
    head = (
        '+++\ntitle = "Noise"\nunit = "The idea"\nminutes = 5\nsummary = "Noise."\nhook = "What is it?"\n'
        'concepts = ["average"]\n+++\n\nAn average.\n'
    )
    (tmp_path / "course.toml").write_text(
        course.replace(
            "[[unit.lesson]]",
            '[[unit.lesson]]\nnumber = 1\nslug = "from-noise-to-picture"\n'
            'title = "One"\nidea = "One."\n\n[[unit.lesson]]',
            1,
        )
    )
    for folder in (first, lesson):
        (folder / "lesson.md").write_text(head)
    (first / "quiz.toml").write_text("")
    (lesson / "quiz.toml").write_text(question + experiment)
    (lesson / "ids.toml").write_text(ids.replace("l1-goal", "old").replace("l1-purpose", "l1-best-guess"))
    catalogue, problems = read_course(tmp_path)
    assert [str(problem) for problem in problems] == []
    assert [lesson.slug for lesson in catalogue.lessons] == ["from-noise-to-picture", "adding-noise"]
