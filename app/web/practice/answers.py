"""What the routes of questions and predictions answer, for the document of the API."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import ConfigDict, Field

from app.validation import ATTEMPT
from app.web.edge.api_document import Answer
from app.web.runs.answers import Run

QuestionId = Annotated[
    str, Path(description="The id of a question, as in `GET /api/lessons`.", examples=["l1-best-guess"])
]
PredictionId = Annotated[
    str, Path(description="The id of a prediction, as on its lesson's page.", examples=["l1-first-guess"])
]

Attempt = Annotated[
    str,
    Field(
        pattern=ATTEMPT,
        description="A token that the client makes for this act; the same again changes nothing.",
        examples=["0b1c9f2e-77a4"],
    ),
]


class LessonListed(Answer):
    """A lesson of the course."""

    slug: str
    number: int
    title: str
    unit: str
    unit_number: int
    summary: str
    prerequisites: list[str] = Field(description="Slugs of lessons.")
    questions: list[str] = Field(description="Ids, in order.")


class OptionOffered(Answer):
    """An option of a question."""

    id: str
    text: str


class QuestionAsked(Answer):
    """A question without its key; its kind may offer more than options."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    stem: str = Field(description="Markdown.")
    options: list[OptionOffered] = Field(default=[], description="In this learner's order.")


class Solution(Answer):
    """Everything that explains a question, as Markdown."""

    steps: list[str]
    final_answer: str
    quick_check: str
    mistakes: list[str]


class Verdict(Answer):
    """What is said of an answer as long as a try is left, or where the question is no longer asked."""

    verdict: Literal["right", "wrong"]
    feedback: str
    tries_left: int


class LastVerdict(Verdict, Solution):
    """What is said of an answer that was right, or the last."""


class PredictionLocked(Answer):
    """A prediction that is recorded, and the run that decides it."""

    id: str
    prediction: str | int | float
    run: Run


class PredictionOutcome(Answer):
    """What came out."""

    value: float | None = Field(description="Null where there is none, such as a step that never comes.")
    measured: str
    compared: str
    came_true: bool | None
    choice: str | None = Field(description="The id of the choice that it is.")


class PredictionStanding(Answer):
    """How a prediction stands with a learner."""

    id: str
    kind: Literal["choice", "number", "step", "seen"]
    lab: str
    run: str = Field(description="The id of the run that decides it.")
    settings: dict[str, str] = Field(description="Of the run, as a link to the lab has them.")
    beside: dict[str, str] = Field(description="Where the run that it is compared with differs.")
    state: Literal["open", "running", "stopped", "measured"]
    prediction: str | int | float | None
    said: str
    note: str = Field(description="Why there is no outcome.")
    outcome: PredictionOutcome | None
    attempt: str = Field(description="A token with which one can be made.")
