"""Predictions read against their labs, by the one function that the check and the server share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cards import Card, CardFile, Defaults, JudgeHead
from app.errors import CourseError, NotFound
from app.labs.predictions import read_predictions
from app.labs.registry import read_labs
from app.main import create_app
from app.predictions.reading import ReadPrediction
from app.settings import Settings
from tests.cards import made_up_card
from tests.labs.test_registry import course

JUDGE = JudgeHead(sha256="0" * 64, network={}, aspects={"class": ("one", "two")})
CARD: Card = made_up_card(
    "tiny", (1, 8, 8), Defaults(sampler="ddim", steps=40, guidance=2.0), classes=("one", "two")
)
CARDS = [
    CardFile(CARD.model_copy(update={"judge": JUDGE}), "", Path("nowhere")),
    CardFile(CARD.model_copy(update={"name": "blind"}), "", Path("nowhere")),
]
LAB = ":::{lab} player\n:model: tiny\n:label: two\n:seed: 3\n:hide: eta\n:::\n\n"


def bet(**options: str) -> str:
    given = {"lab": "lab-1", "kind": "step", "measure": "known_step"} | options
    lines = "".join(f":{name}: {value}\n" for name, value in given.items())
    return f":::{{predict}} when\n{lines}\nWhen?\n:::\n"


def read(folder: Path, *texts: str) -> tuple[dict[str, ReadPrediction], list[str]]:
    catalogue = course(folder, *texts)
    predictions, problems = read_predictions(catalogue, read_labs(catalogue, CARDS)[0])
    found = {one.prediction.id: one for lesson in catalogue.lessons for one in predictions.of(lesson)}
    return found, [str(problem) for problem in problems]


def test_the_run_is_the_lab_s_own_with_what_is_changed(tmp_path: Path) -> None:
    found, problems = read(tmp_path, LAB + bet(**{"with": "steps 5; label one"}))
    assert problems == []
    spec = found["when"].spec
    assert (spec.seed, spec.steps, spec.label, spec.sampler) == (3, 5, 0, "ddim")
    assert found["when"].run_id == spec.run_id(CARDS[0].card.sha256)
    assert {"seed": "3", "steps": "5", "label": "one"}.items() <= found["when"].settings.items()
    assert "eta" not in found["when"].settings  # a link cannot set what the plate hides


def test_a_step_is_close_within_a_tenth_of_the_run_unless_the_lesson_says(tmp_path: Path) -> None:
    assert read(tmp_path / "a", LAB + bet())[0]["when"].within == 4.0
    assert read(tmp_path / "b", LAB + bet(within="1"))[0]["when"].within == 1.0


def test_what_decides_the_outcome_makes_another_version(tmp_path: Path) -> None:
    texts = {
        "plain": LAB + bet(),
        "seed": LAB.replace("seed: 3", "seed: 4") + bet(),
        "change": LAB + bet(**{"with": "steps 5"}),
        "kind": LAB + bet(kind="number", within="1"),
    }
    versions = {name: read(tmp_path / name, text)[0]["when"].version for name, text in texts.items()}
    assert len(set(versions.values())) == len(texts)
    worded = read(tmp_path / "worded", LAB + bet().replace("When?", "At which step?"))[0]["when"]
    assert worded.version == versions["plain"]  # a slip of the pen mended unlocks nothing


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (bet(), 11, "has no lab 'lab-1'; it has none"),
        (LAB + bet(lab="lab-2"), 18, "has no lab 'lab-2'; there are lab-1"),
        (LAB + bet(measure="beauty"), 20, "must be one of known_step, pictures_right"),
        (LAB + bet(measure="pictures_right"), 19, "is predicted by choice, number, not by step"),
        (LAB + bet(**{"with": "colour red"}), 21, "must name settings of a run"),
        (LAB + bet(**{"with": "eta 1"}), 21, "locks or hides 'eta'"),
        (LAB + bet(**{"with": "steps many"}), 21, "steps must be a whole number"),
        (LAB + bet(**{"with": "label nine"}), 21, "unknown label 'nine'"),
        (LAB + bet(within="41"), 21, "more than 40, the most that can be measured"),
        (LAB.replace("tiny", "blind") + bet(), 20, "the model blind has none"),
        (
            LAB + bet(kind="number", within="1", measure="spread_against_50_steps"),
            20,
            "a count of 2 or more, and the run has 1",
        ),
        (
            LAB + bet(kind="number", within="1", measure="attributes_changed"),
            17,
            "compares the run with itself",
        ),
        (
            LAB.replace(":label: two\n", "") + bet(kind="number", within="1", measure="pictures_right"),
            19,
            "asks for nothing",
        ),
        (":::{lab} noise\n:picture: none.png\n:::\n\n" + bet(), None, ""),
    ],
)
def test_what_cannot_be_predicted_is_said_with_its_line(
    tmp_path: Path, text: str, line: int | None, what: str
) -> None:
    _, problems = read(tmp_path, text)
    if line is None:
        assert problems == []  # the lab itself is faulty, and that is said
        return
    (problem,) = problems
    assert problem.startswith(f"01-lesson-1/lesson.md:{line}:"), problem
    assert what in problem


def test_another_judge_makes_another_version_where_it_judges(tmp_path: Path) -> None:
    read_one = read(tmp_path, LAB + bet())[0]["when"]
    other = CARD.model_copy(update={"judge": JUDGE.model_copy(update={"sha256": "1" * 64})})
    assert replace(read_one, card=other).version != read_one.version


def test_faults_of_a_prediction_are_told_together(tmp_path: Path) -> None:
    options = {"measure": "pictures_right", "with": "steps many"}
    _, problems = read(tmp_path / "a", LAB + bet(**options))
    assert [problem.split(":")[1] for problem in problems] == ["19", "21"]
    _, problems = read(tmp_path / "b", LAB + bet(lab="lab-2", measure="beauty", **{"with": "colour red"}))
    assert [problem.split(":")[1] for problem in problems] == ["18", "20", "21"]


def test_a_lab_that_could_not_be_read_is_not_taken_for_missing(tmp_path: Path) -> None:
    assert read(tmp_path, "```\n" + LAB + bet())[1] == []
    assert read(tmp_path / "b", LAB.replace(":::\n", "") + bet())[1] == []


def test_an_id_that_two_lessons_use_is_refused(tmp_path: Path) -> None:
    _, (problem,) = read(tmp_path, LAB + bet(), LAB + bet())
    assert "another prediction has this id too" in problem


def test_a_prediction_whose_model_is_missing_is_no_fault_and_cannot_be_made(tmp_path: Path) -> None:
    found, problems = read(tmp_path, LAB.replace("tiny", "absent") + bet())
    assert (found, problems) == ({}, [])


def test_what_the_check_refuses_keeps_the_server_from_starting(tmp_path: Path) -> None:
    course(tmp_path / "lessons", bet())
    (tmp_path / "models").mkdir()
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    with pytest.raises(CourseError, match="has no lab 'lab-1'"):
        create_app(Settings(lessons=tmp_path / "lessons", models=tmp_path / "models", database_url=url))


def test_an_unknown_id_is_not_found(tmp_path: Path) -> None:
    catalogue = course(tmp_path, LAB + bet())
    predictions, _ = read_predictions(catalogue, read_labs(catalogue, CARDS)[0])
    with pytest.raises(NotFound, match="no prediction 'then'"):
        predictions.find("then")


RANGES = "\nWhen?\n\n- below {0}: Early.\n- above {0}: Late.\n:::\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (bet(kind="choice").replace("\nWhen?\n:::\n", RANGES.format(300)), "'Late.' can never hold"),
        (bet(kind="choice").replace("\nWhen?\n:::\n", RANGES.format(-3)), "'Early.' can never hold"),
        (bet(kind="choice").replace("\nWhen?\n:::\n", RANGES.format(0)), "'Early.' can never hold"),
        (bet(kind="number", within="1000000"), "is more than 40"),
        (bet(kind="seen", **{"with": "steps 1"}), "nothing can be seen coming"),
    ],
)
def test_what_could_never_come_true_is_told(tmp_path: Path, text: str, what: str) -> None:
    _, (problem,) = read(tmp_path, LAB + text)
    assert what in problem


def test_the_ends_of_what_can_be_measured_are_good_ranges(tmp_path: Path) -> None:
    for place, edge in enumerate((0.5, 40)):
        text = bet(kind="choice").replace("\nWhen?\n:::\n", RANGES.format(edge))
        assert read(tmp_path / str(place), LAB + text)[1] == []


def test_a_question_s_id_is_not_a_prediction_s_too(tmp_path: Path) -> None:
    catalogue = course(tmp_path, LAB + bet())
    (lesson,) = catalogue.lessons
    asked = replace(catalogue, lessons=(replace(lesson, questions=(SimpleNamespace(id="when"),)),))  # type: ignore[arg-type]
    _, (problem,) = read_predictions(asked, read_labs(asked, CARDS)[0])
    assert "a question has this id too" in str(problem)
