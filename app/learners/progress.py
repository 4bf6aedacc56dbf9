"""How far a learner has come in each lesson, and how to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from app.learners.attempts import answers_of
from app.learners.database import Records
from app.learners.tables import learners


@dataclass(frozen=True)
class LessonProgress:
    """Counts of one lesson's questions.

    Attributes:
        questions: all of them.
        answered: those with an answer.
        right: those whose latest answer is right.
    """

    questions: int
    answered: int
    right: int


def lesson_progress(
    records: Records, learner_key: str, lessons: Mapping[str, Sequence[str]]
) -> dict[str, LessonProgress]:
    """Count a learner's answers for each lesson; `lessons` has the question ids of each slug."""
    every_id = {question_id for ids in lessons.values() for question_id in ids}
    answers = answers_of(records, learner_key, every_id)
    progress = {}
    for slug, ids in lessons.items():
        verdicts = [answers[question_id].last_verdict for question_id in ids if question_id in answers]
        progress[slug] = LessonProgress(len(ids), len(verdicts), verdicts.count("right"))
    return progress


def forget(records: Records, learner_key: str) -> None:
    """Remove a learner with every answer; one who was never recorded is no error."""
    with records.writing() as connection:
        connection.execute(delete(learners).where(learners.c.key == learner_key))
