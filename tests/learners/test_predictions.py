"""Predictions are locked when they are made; the outcome comes beside them once."""

from __future__ import annotations

import pytest

from app.errors import Conflict
from app.learners.database import open_records
from app.learners.forgetting import forget
from app.learners.predictions import all_predictions_of, keep_outcome, lock, predictions_of


@pytest.fixture
def records(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield records
    records.close()


@pytest.mark.parametrize("given", ["b", 17, 0.25, 0])
def test_what_was_said_is_kept_as_it_was(given, records):
    lock(records, "ann", "how-far", "v1", given)
    kept = predictions_of(records, "ann", {"how-far": "v1"})["how-far"]
    assert (kept.given, type(kept.given)) == (given, type(given))
    assert kept.measured_at is None


def test_the_same_again_changes_nothing_and_something_else_is_refused(records):
    assert not lock(records, "ann", "how-far", "v1", "b").is_repeat
    assert lock(records, "ann", "how-far", "v1", "b").is_repeat
    with pytest.raises(Conflict, match="locked"):
        lock(records, "ann", "how-far", "v1", "a")
    assert [kept.given for kept in all_predictions_of(records, "ann")] == ["b"]


def test_another_learner_and_another_version_are_free_to_say_something_else(records):
    lock(records, "ann", "how-far", "v1", "b")
    lock(records, "ben", "how-far", "v1", "a")
    lock(records, "ann", "how-far", "v2", "c")
    assert predictions_of(records, "ann", {"how-far": "v2"})["how-far"].given == "c"
    assert predictions_of(records, "ann", {"how-far": "v3"}) == {}
    assert predictions_of(records, "ben", {"how-far": "v1", "other": "v1"})["how-far"].given == "a"


@pytest.mark.parametrize("value", [12.5, 0.0, None])
def test_the_first_outcome_stands(value, records):
    lock(records, "ann", "how-far", "v1", "b")
    keep_outcome(records, "ann", "how-far", "v1", value)
    keep_outcome(records, "ann", "how-far", "v1", 99.0)
    kept = predictions_of(records, "ann", {"how-far": "v1"})["how-far"]
    assert kept.value == value
    assert kept.measured_at is not None


def test_an_outcome_without_a_prediction_is_kept_of_nobody(records):
    lock(records, "ann", "how-far", "v1", "b")
    keep_outcome(records, "ben", "how-far", "v1", 1.0)
    assert all_predictions_of(records, "ben") == []
    assert all_predictions_of(records, "ann")[0].measured_at is None


def test_whoever_is_forgotten_has_predicted_nothing(records):
    lock(records, "ann", "how-far", "v1", "b")
    forget(records, "ann")
    assert all_predictions_of(records, "ann") == []
