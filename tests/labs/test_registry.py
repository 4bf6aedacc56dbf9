"""Labs of a course, read by the one function that the check and the server share."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cards import Card, CardFile, Defaults
from app.checking import check_all
from app.course.catalogue import Catalogue
from app.errors import CourseError
from app.labs.registry import LABS, missing_models, read_labs
from app.labs.shown import MISSING, all_scripts, all_styles, shown
from app.main import create_app
from app.questions.catalogue import read_course
from app.settings import ROOMS, Settings
from tests.cards import made_up_card
from tests.course_folder import HEAD
from tests.tiny_model import write_tiny_model

CARD: Card = made_up_card(
    "tiny", (1, 8, 8), Defaults(sampler="ddim", steps=4, guidance=2.0), classes=("one",)
)
CARDS = [CardFile(CARD, "", Path("nowhere"))]


def course(folder: Path, *texts: str) -> Catalogue:
    """Write a course of one lesson a text, and read it."""
    for number, text in enumerate(texts, 1):
        lesson = folder / f"{number:02}-lesson-{number}"
        lesson.mkdir(parents=True)
        (lesson / "lesson.md").write_text(f"{HEAD}\n{text}", encoding="utf-8")
        (lesson / "quiz.toml").write_text("", encoding="utf-8")
    return read_course(folder)[0]


def problems_of(folder: Path, text: str) -> list[str]:
    """List what is wrong with a lab, whether that shows in its text or only by the model."""
    written = course(folder, text)
    return [*map(str, read_course(folder)[1]), *(str(problem) for problem in read_labs(written, CARDS)[1])]


def test_labs_are_found_by_lesson_and_plate_with_their_settings(tmp_path: Path) -> None:
    catalogue = course(tmp_path, ":::{lab} player\n:::\n", ":::{lab} player\n:seed: 7\n:::\n")
    labs, problems = read_labs(catalogue, CARDS)
    assert problems == []
    assert {slug: list(found) for slug, found in labs.items()} == {
        "lesson-1": ["lab-1"],
        "lesson-2": ["lab-1"],
    }
    assert labs["lesson-2"]["lab-1"].settings.settings.seed == 7  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (":::{lab} piano\n:::\n", 10, "unknown lab 'piano'; there are"),
        (":::{lab}\n:::\n", 10, "a lab is named with its kind, as :::{lab} player"),
        (":::{lab} player\n:colour: red\n:::\n", 11, "no option 'colour'"),
        (":::{lab} player\n:seed: 1\n:steps: many\n:::\n", 12, "steps must be a whole number from 1 to 1000"),
        (":::{lab} player\n:steps: 0\n:::\n", 11, "steps must be a whole number from 1 to 1000"),
        (":::{lab} player\n:guidance: nan\n:::\n", 11, "guidance must be a number from 0 to 20"),
        (":::{lab} player\n:steps: 1000000000\n:::\n", 11, "steps must be a whole number"),
        (":::{lab} player\n:label: seven\n:::\n", 11, "unknown label 'seven'"),
        (":::{lab} player\n:sampler: best\n:::\n", 11, "unknown sampler 'best'"),
        (":::{lab} player\n:prompt: a house\n:::\n", 11, "no option 'prompt'"),
        (":::{lab} player\n:guidance: -1\n:::\n", 11, "guidance must be a number from 0 to 20"),
        (":::{lab} player\n:eta: inf\n:::\n", 11, "eta must be a number from 0 to 1"),
        (":::{lab} player\n:grid: rho8\n:::\n", 11, "unknown grid 'rho8'"),
        (":::{lab} player\nsteps: 5\n:::\n", 11, "an option is written between colons, as ':steps: 5'"),
        (":::{lab} player\n:steps 5\n:::\n", 11, "an option is written between colons, as ':steps: 5'"),
        (":::{lab} noise\nseed = 5\n:::\n", 11, "an option is written between colons, as ':seed: 5'"),
        (
            ":::{lab} player\nsteps = 5\n:seed: 1\n:::\n",
            11,
            "an option is written between colons, as ':steps: 5'",
        ),
    ],
)
def test_a_fault_is_reported_once_at_the_line_of_its_option(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith(f"01-lesson-1/lesson.md:{line}: ")
    assert what in problem


def test_every_fault_of_every_lab_is_reported_at_once(tmp_path: Path) -> None:
    text = ":::{lab} player\n:steps: 0\n:eta: 2\n:::\n\n:::{lab} piano\n:::\n"
    assert [problem.split(":")[1] for problem in problems_of(tmp_path, text)] == ["11", "12", "15"]


@pytest.mark.parametrize(
    "option", ["steps: 0", "label: seven", "guidance: nan", "sampler: best", "colour: red"]
)
def test_what_the_check_refuses_the_server_refuses_in_the_same_words(tmp_path: Path, option: str) -> None:
    course(tmp_path / "lessons", f":::{{lab}} player\n:{option}\n:::\n")
    write_tiny_model(tmp_path / "models")
    checked = check_all(tmp_path / "lessons", tmp_path / "models", computed=False)
    with pytest.raises(CourseError) as refused:
        create_app(Settings(lessons=tmp_path / "lessons", models=tmp_path / "models"))
    (problem,) = [problem for problem in checked.problems if "lesson.md:11: " in problem]
    assert refused.value.problems == [problem]


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("steps: 0", "steps must be a whole number from 1 to 1000"),
        ("colour: red", "no option 'colour'"),
        ("show: nothing", "show: must be of "),
        ("sampler: best", "unknown sampler 'best'"),
    ],
)
def test_an_unknown_model_hides_no_option_that_no_model_takes(tmp_path: Path, option: str, what: str) -> None:
    missing, other = sorted(problems_of(tmp_path, f":::{{lab}} player\n:model: gone\n:{option}\n:::\n"))
    assert missing.endswith("lesson.md:11: there is no model 'gone'; there are tiny")
    assert other.startswith("01-lesson-1/lesson.md:12: ")
    assert what in other


def test_a_missing_model_is_a_fault_for_the_check_and_a_note_on_the_page(tmp_path: Path) -> None:
    catalogue = course(tmp_path, ":::{lab} player\n:model: gone\n:::\n")
    labs, problems = read_labs(catalogue, CARDS)
    assert problems == []
    assert [str(problem) for problem in missing_models(catalogue, labs)] == [
        "01-lesson-1/lesson.md:11: there is no model 'gone'; there are tiny"
    ]
    lab = shown(labs["lesson-1"]["lab-1"])
    assert (lab.template, lab.view.model, lab.scripts) == (MISSING, "gone", ())  # type: ignore[attr-defined]


def test_a_page_loads_each_style_and_script_of_its_labs_once(tmp_path: Path) -> None:
    catalogue = course(tmp_path, ":::{lab} player\n:::\n\n:::{lab} player\n:::\n")
    labs = [shown(lab) for lab in read_labs(catalogue, CARDS)[0]["lesson-1"].values()]
    assert len(labs) == 2
    assert all_scripts(labs) == ("labs/player/lab.js",)
    assert all_styles(labs)[:2] == ("kit/kit.css", "labs/player/lab.css")
    assert len(set(all_styles(labs))) == len(all_styles(labs))


@pytest.mark.parametrize("kind", LABS)
def test_every_kind_of_lab_has_its_files_in_one_folder(kind: str) -> None:
    folder = ROOMS["labs"] / kind.replace("-", "_")
    for name in ("options.py", "view.py", "view.html", "lab.js", "lab.css"):
        assert (folder / name).is_file(), name
