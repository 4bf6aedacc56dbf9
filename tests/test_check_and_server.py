"""What the check passes, the server takes, and what it refuses is refused there in the same words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.checking import check_all, find_lesson
from app.cli import app
from app.errors import CourseError, NotFound
from app.main import create_app
from app.settings import Settings
from tests.course_folder import HEAD, QUESTION, Course
from tests.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / "lessons")


PLAYER = ":::{lab} player\n:model: tiny\n"
RUN = {"kind": "run", "model": "tiny", "count": 2, "steps": 1}
TEXTS = {
    "steps 0": f"{PLAYER}:steps: 0\n:::\n",
    "nan": f"{PLAYER}:guidance: nan\n:::\n",
    "many steps": f"{PLAYER}:steps: 1000000000\n:::\n",
    "label": f"{PLAYER}:label: nine\n:::\n",
    "sampler": f"{PLAYER}:sampler: best\n:::\n",
    "model and option": ":::{lab} player\n:model: gone\n:steps: 0\n:::\n",
    "link": "[a](/lessons/gone)\n",
    "footnote": "A note.[^1]\n",
    "comment": "<!-- a note -->\n",
    "code": "```\nx\n",
    "heading": "## 🎉\n",
    "scale": ":::{figure} dot.png\n:alt: A dot\n:scale: 0\n:::\n",
    "source": ":::{source} os:environ\n:::\n",
    "where": ":::{where}\napp.errors.Gone: x\n:::\n",
    "where, private": ":::{where}\napp.errors._own: x\n:::\n",
    "where, nothing": ":::{where}\n:::\n",
    "link to code": "[a](/code/app/errors.py)\n",
    "question": ":::{question} gone\n:::\n",
    "prediction": ":::{predict} a\n:lab: lab-9\n:kind: step\n:measure: known_step\n\nWhen?\n:::\n",
}
FILES = {
    "snippets/gone.out": b"x\n",
    "demo.py": b"print(1)\n",
    "none.png": b"no picture",
    "quiz.toml": b"x = " + b"[" * 3000,
    "ids.toml": b"published = 3\n",
    "lesson.md": b"\xff",
}


def told_by_both(lessons: Path, models: Path) -> tuple[str, ...]:
    checked = check_all(lessons, models, computed=False).problems
    with pytest.raises(CourseError) as refused:
        create_app(Settings(lessons=lessons, models=models))
    assert set(refused.value.problems) == set(checked)
    return checked


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_the_check_refuses_the_server_refuses(course: Course, models: Path, name: str) -> None:
    course.lesson(body=TEXTS[name])
    assert told_by_both(course.folder, models)


def test_faults_of_texts_and_labs_are_told_together_by_both(course: Course, models: Path) -> None:
    course.lesson(body=TEXTS["link"] + TEXTS["steps 0"])
    assert len(told_by_both(course.folder, models)) == 2


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_check_refuses_the_server_refuses(course: Course, models: Path, name: str) -> None:
    path = course.lesson() / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(FILES[name])
    (fault,) = told_by_both(course.folder, models)
    assert fault.startswith(f"01-colours/{name}")


def test_a_unit_that_the_course_does_not_have_is_refused_by_both(course: Course, models: Path) -> None:
    course.lesson(head=HEAD.replace("Seeing", "Hearing"))
    (course.folder / "course.toml").write_text('[[unit]]\nnumber = 1\ntitle = "Seeing"\n')
    (fault,) = told_by_both(course.folder, models)
    assert "01-colours/lesson.md:3: head: unit: must be one of the course's units, 'Seeing'" in fault


@pytest.mark.parametrize("named", ["colours", "01-colours", "01-colours/"])
def test_one_lesson_is_found_by_its_slug_or_its_folder(course: Course, named: str) -> None:
    course.lesson()
    assert find_lesson(named, course.folder) == (course.folder, "01-colours")


def test_one_lesson_is_found_by_a_path_wherever_it_lies(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course.lesson()
    assert find_lesson(str(folder), tmp_path / "others") == (course.folder, "01-colours")
    monkeypatch.chdir(folder)
    assert find_lesson(".", tmp_path / "others") == (course.folder, "01-colours")
    with pytest.raises(NotFound, match="there is no lesson 'light'; there are colours"):
        find_lesson("light", course.folder)


def test_the_command_checks_one_lesson(course: Course, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course.lesson(body="[a](#nope)\n" + TEXTS["steps 0"])
    course.lesson("02-light", questions=[QUESTION | {"id": "light"}], body=TEXTS["nan"])
    for name, folder in (("LESSONS", course.folder), ("MODELS", models)):
        monkeypatch.setitem(os.environ, name, str(folder))
    told = CliRunner().invoke(app, ["check", "colours", "--no-computed"])
    assert told.exit_code == 1
    assert "error: 01-colours/lesson.md:9: the link '#nope'" in told.output
    assert "error: 01-colours/lesson.md:12: steps must be a whole number" in told.output
    assert "02-light" not in told.output
