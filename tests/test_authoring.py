"""The guide for authors says everything that the program reads, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app.course.fences import FENCES
from app.course.fences import OPTION as OPTION_LINE
from app.questions.catalogue import read_course
from docs.reference import PAGE, TABLES, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_program() -> None:
    assert renewed(TEXT) == TEXT, "run `make docs`"


def test_every_table_has_its_place_and_no_cell_is_empty() -> None:
    assert sorted(re.findall(r"<!-- generated: ([\w-]+) -->", TEXT)) == sorted(TABLES)
    for name, table in TABLES.items():
        for row in (line for line in table().splitlines() if line.startswith("| ")):
            assert all(cell.strip() for cell in row.strip("|").split(" | ")), (name, row)


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
