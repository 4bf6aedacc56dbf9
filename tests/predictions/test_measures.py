"""Each measure on runs whose outcome is known beforehand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.cards import Defaults, JudgeHead
from app.engine.judged import Judged
from app.engine.run import RunSpec
from app.predictions.evidence import Evidence, asked_values
from app.predictions.measures import RUN_MEASURES, attributes_changed, known_step, pictures_right, spec_beside
from tests.cards import made_up_card

DEFAULTS = Defaults(sampler="ddim", steps=4, guidance=1.0)
WORDS = {
    "time": ("day", "night midnight"),
    "terrain": ("sea", "hills hill"),
    "ground": ("snow snowy",),
    "other": ("a an", "on"),
}
SCENE = {"time": ("day", "night"), "terrain": ("sea", "hills", "snow")}


def card(aspects, words=None):
    judge = JudgeHead(sha256="0" * 64, network={}, aspects=aspects)
    plain = made_up_card("tiny", (1, 2, 2), DEFAULTS, classes=() if words else ("0", "1"), words=words or {})
    return plain.model_copy(update={"judge": judge})


CLASSES = card({"class": ("0", "1")})
PAINTER = card(SCENE, WORDS)
SPEC = RunSpec("tiny", 1, 1, 1, "ddim", 4, 1.0, 0.0, "uniform")


def run(rows, spec=SPEC, of=CLASSES, aspect="class"):
    """Make the evidence of a run whose judge says this of each frame: a row a picture."""
    table = np.array(rows, dtype=np.float32)
    table = table[:, None] if table.ndim == 2 else table
    judged = Judged({aspect: of.judge.aspects[aspect]}, {aspect: table})
    return Evidence(spec, of, np.zeros((spec.count, 2, 2, 1), np.uint8), judged)


def row(ones):
    return [1.0 - ones, ones]


@pytest.mark.parametrize(
    ("sure", "step"),
    [
        ((0.1, 0.5, 0.9, 0.95, 1.0), 2),
        ((0.1, 0.95, 0.5, 0.95, 1.0), 3),  # sure for a moment, and then not
        ((0.1, 0.1, 0.1, 0.1, 0.9), 4),
        ((0.9, 0.9, 0.9, 0.9, 0.9), 0),
        ((0.9, 0.9, 0.9, 0.9, 0.8), None),
    ],
)
def test_the_judge_knows_from_the_step_on_which_it_stays_sure(sure, step):
    assert known_step(run([row(share) for share in sure])) == step


def test_of_a_run_that_asks_for_nothing_it_is_what_the_end_shows():
    rows = [row(0.5), row(0.2), row(0.05), row(0.02), row(0.01)]
    assert known_step(run(rows, replace(SPEC, label=None))) == 2
    assert known_step(run(rows, SPEC)) is None  # the class that was asked for never comes


def test_a_prompt_asks_for_the_values_that_it_names():
    spec = replace(SPEC, label=None, prompt="night on a snow hills")
    assert asked_values(spec, PAINTER) == {"time": {1}, "terrain": {1, 2}}
    assert asked_values(replace(SPEC, label=None, prompt="a"), PAINTER) == {}
    assert asked_values(SPEC, CLASSES) == {"class": {1}}


def test_values_that_are_all_allowed_count_together():
    spec = replace(SPEC, label=None, prompt="snow hills")
    rows = [[0.4, 0.3, 0.3]] * 2 + [[0.05, 0.5, 0.45]] * 3
    assert known_step(run(rows, spec, PAINTER, "terrain")) == 2


def test_pictures_that_show_what_was_asked_for_are_counted():
    spec = replace(SPEC, count=3)
    rows = [[row(0.9)] * 3] * 4 + [[row(0.9), row(0.4), row(0.6)]]
    assert pictures_right(run(rows, spec)) == 2


def test_attributes_that_differ_are_counted_at_the_end_of_both_runs():
    night, day = [row(0.2)] * 4 + [row(0.9)], [row(0.9)] * 4 + [row(0.2)]
    assert attributes_changed(run(night), run(day)) == 1
    assert attributes_changed(run(night), run(night)) == 0


def test_a_run_is_compared_with_the_one_that_its_measure_names():
    lab = replace(SPEC, seed=9)
    beside = {name: spec_beside(measure, SPEC, lab) for name, measure in RUN_MEASURES.items()}
    assert beside == {
        "known_step": None,
        "pictures_right": None,
        "attributes_changed": lab,
        "spread_against_50_steps": replace(SPEC, steps=50),
        "change_with_next_seed": replace(SPEC, seed=2),
    }


def test_a_spread_is_measured_of_the_pictures_themselves():
    spec = replace(SPEC, count=2)
    alike = np.array([100, 110], np.uint8)[:, None, None, None] * np.ones((2, 2, 2, 1), np.uint8)
    apart = np.array([0, 100], np.uint8)[:, None, None, None] * np.ones((2, 2, 2, 1), np.uint8)
    measure = RUN_MEASURES["spread_against_50_steps"]
    value = measure.take(Evidence(spec, CLASSES, alike), Evidence(spec, CLASSES, apart))
    assert value == pytest.approx(0.1)


@pytest.mark.parametrize("name", RUN_MEASURES)
def test_every_value_is_said_in_a_sentence(name):
    measure = RUN_MEASURES[name]
    values = [0.0, 1.0, 3.0, *([None] if name == "known_step" else [])]
    for value in values:
        words = measure.words(value, SPEC)
        assert words.endswith(".")
        assert "None" not in words
