"""A question with options of which one (`single`) or any number (`several`) is right."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.course.question import Line, Question, opaque_id


class Option(BaseModel):
    """One answer to choose, with the feedback for those who chose it.

    `id` tells nothing of the key: it is made from the question's id and the option's text alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    text: Line = Field(description="What can be chosen.")
    right: bool = Field(description="Whether it is right.")
    feedback: Line = Field(description="What whoever chose it is told: why it is right, or wrong.")
    _id: str = ""

    @property
    def id(self) -> str:
        """The opaque name under which it is sent and answered."""
        return self._id

    @property
    def text_html(self) -> str:
        """The option as it is shown."""
        return self.text.html

    @property
    def feedback_html(self) -> str:
        """The feedback as it is shown, after an answer only."""
        return self.feedback.html


class ChoiceQuestion(Question):
    """Two to five options, and which of them are right."""

    kind: Literal["single", "several"] = Field(
        description="Whether exactly one option is right, or any number."
    )
    options: tuple[Option, ...] = Field(
        min_length=2, max_length=5, description="What there is to choose, as `[[question.options]]` tables."
    )

    @model_validator(mode="after")
    def _check_options(self) -> Self:
        right = sum(option.right for option in self.options)
        if self.kind == "single" and right != 1:
            raise ValueError(f"a single question has exactly one right option; this one has {right}")
        if self.kind == "several" and right < 1:
            raise ValueError("a question of several needs at least one right option")
        if len({option.text for option in self.options}) < len(self.options):
            raise ValueError("two options have the same text")
        for option in self.options:
            option._id = opaque_id(self.id, option.text)
        return self
