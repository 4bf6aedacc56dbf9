"""What an export measures of a lesson's predictions: what a server measures of the same runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from app.cards import CardFile, find_cards
from app.course.prediction import Prediction
from app.engine.core import Core
from app.engine.frame_events import read_frame
from app.engine.models import Models
from app.engine.run import RunSpec
from app.export_command import export_lesson
from app.export_runs import Runs
from app.labs.whole import load_course
from app.predictions.evidence import Evidence
from app.predictions.measures import RUN_MEASURES, Value
from app.predictions.reading import ReadPrediction
from app.questions.catalogue import load_catalogue
from app.settings import Settings
from tests.course_folder import HEAD, Course
from tests.engine.core_scenes import Source, play, watch
from tests.tiny_model import CLASSES, write_judge, write_tiny_model

LAB = ":::{lab} player\n:model: tiny\n:label: square\n:seed: 5\n:steps: 4\n:count: 2\n:::\n\n"
CHOICES = "\n\n- below 0.5: Hardly at all.\n- above 0.5: Much.\n"


def bet(measure: str) -> str:
    """Predict a measure: by a choice where it is a spread, by a number otherwise."""
    kind = "choice" if measure.startswith("spread") else "number\n:within: 1"
    changes = ":with: seed 6\n" if measure == "attributes_changed" else ""
    body = f"How much {measure}?{CHOICES if kind == 'choice' else ''}\n"
    options = f":lab: lab-1\n:kind: {kind}\n:measure: {measure}\n{changes}"
    return f":::{{predict}} {measure.replace('_', '-')}\n{options}\n{body}:::\n\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A lesson that has every measure predicted, of a run of a tiny model with a judge."""
    folder = tmp_path_factory.mktemp("export")
    write_judge(write_tiny_model(folder / "models"), {"class": CLASSES, "size": ("small", "large")})
    text = LAB + "".join(map(bet, RUN_MEASURES))
    Course(folder / "lessons").lesson(body=f"Every colour.\n\n{text}", head=HEAD)
    return Settings(lessons=folder / "lessons", models=folder / "models")


@pytest.fixture(scope="module")
def cards(settings: Settings) -> list[CardFile]:
    return [*find_cards(settings.models)]


@pytest.fixture(scope="module")
def predictions(settings: Settings, cards: list[CardFile]) -> tuple[ReadPrediction, ...]:
    course = load_course(settings.lessons, cards)
    return course.predictions.of(course.catalogue.lessons[0])


def by_the_engine(read: ReadPrediction, models: Models) -> Value:
    """Have the engine's core make the runs and judge them, as a server does."""

    async def evidence(core: Core, spec: RunSpec) -> Evidence:
        run_id = core.submit(spec, "a").run_id
        await watch(core, run_id)
        last = read_frame(core.find(run_id).log.frames[-1], read.card.shape, spec.count).x_t
        judged = await core.judged(run_id) if read.measure.needs_judge else None
        return Evidence(spec, read.card, last, judged)

    async def scene(core: Core) -> Value:
        beside = None if read.beside is None else await evidence(core, read.beside)
        return read.measure.take(await evidence(core, read.spec), beside)

    value: Value = play(scene, Source(models.get("tiny")))
    return value


def test_every_measure_is_that_of_a_server(
    settings: Settings, cards: list[CardFile], predictions: tuple[ReadPrediction, ...]
) -> None:
    assert {read.prediction.measure for read in predictions} == set(RUN_MEASURES)
    models, runs = Models(settings.models, torch.device("cpu"), threads=1), Runs(cards)
    for read in predictions:
        value, expected = runs.value_of(read), by_the_engine(read, models)
        assert (value is None) == (expected is None), read.prediction.measure
        if value is not None and expected is not None:
            np.testing.assert_allclose(value, expected, rtol=1e-3, err_msg=read.prediction.measure)


def test_the_file_says_what_came_out_after_the_solutions_and_not_before(
    settings: Settings, cards: list[CardFile], predictions: tuple[ReadPrediction, ...], tmp_path: Path
) -> None:
    said = export_lesson(settings, "colours", tmp_path / "colours.html")
    assert said.endswith(f", {len(predictions)} predictions with what came out")
    page = (tmp_path / "colours.html").read_text(encoding="utf-8")
    before, outcomes = page.split('id="handout-outcomes"')
    runs = Runs(cards)
    for read in predictions:
        value = runs.value_of(read)
        measured = read.measure.words(value, read.spec)
        assert measured in outcomes
        assert measured not in before
        if read.prediction.choices and value is not None:
            (fits,) = [choice for choice in read.prediction.choices if choice.holds(value)]
            assert f"It is: {fits.html}" in outcomes


def test_a_prediction_without_its_model_is_listed_without_an_outcome(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    folder = Course(tmp_path / "lessons").lesson(body=f"Every colour.\n\n{LAB}{bet('known_step')}")
    settings = Settings(lessons=folder.parent, models=tmp_path / "models")
    assert any(isinstance(block, Prediction) for block in load_catalogue(folder.parent).lessons[0].blocks)
    export_lesson(settings, "colours", tmp_path / "colours.html")
    page = (tmp_path / "colours.html").read_text(encoding="utf-8")
    assert "Its model is not on this machine, so nothing was measured." in page
