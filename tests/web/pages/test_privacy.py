"""The page "Privacy" says everything that is kept of a learner."""

from __future__ import annotations

from app.learners.tables import attempts, learners, metadata, predictions, sittings
from tests.web.small_course import Site

SAID = {
    "question_id": "which question it was",
    "question_version": "a mark of its wording",
    "options": "which options were chosen",
    "shown_texts": "the texts that they had then (or what was entered)",
    "verdict": "whether that was right",
    "created_at": "and when",
    "attempt": "a random number of the form",
    "tries_left": "how many tries were left",
}
SITTINGS = {
    "begun_at": "when each began",
    "ended_at": "and ended",
    "ending": "whether it ended with a right answer or with the solution",
    "question_id": "The answers to a question",
}
PREDICTIONS = {
    "prediction_id": "which one it was",
    "version": "a mark of its wording",
    "given": "what you said",
    "created_at": "and when",
    "value": "what then came out",
    "measured_at": "when that was measured",
}
NOT_ABOUT_A_LEARNER = {"id", "learner_id", "body_hash", "sitting_id"}
"""Numbers of rows, and a mark of what stands in the other columns."""


def test_every_column_of_the_answers_is_said(site: Site) -> None:
    assert {column.name for column in sittings.columns} == SITTINGS.keys() | {"id", "learner_id"}
    assert {column.name for column in attempts.columns} == SAID.keys() | NOT_ABOUT_A_LEARNER
    assert {column.name for column in predictions.columns} == PREDICTIONS.keys() | {"id", "learner_id"}
    page = " ".join(site().get("/privacy").text.split())
    for words in (*SAID.values(), *SITTINGS.values(), *PREDICTIONS.values()):
        assert words in page


def test_of_a_learner_there_is_nothing_but_a_hash(site: Site) -> None:
    assert set(metadata.tables) == {"learners", "attempts", "sittings", "predictions", "secrets"}
    assert {column.name for column in learners.columns} == {"id", "key", "created_at"}
    assert "under a hash of your cookie's number" in " ".join(site().get("/privacy").text.split())
