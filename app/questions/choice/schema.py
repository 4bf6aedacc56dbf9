"""A question with options of which one (`single`) or any number (`several`) is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.course.question import Inline, Line, Question, opaque_id


class Option(BaseModel):
    """One answer to choose, with the feedback for those who chose it.

    `id` tells nothing of the key: it is made from the question's id and the option's text alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    text: Inline = Field(description="What can be chosen.")
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
    options: Annotated[tuple[Option, ...], Field(strict=False)] = Field(
        min_length=2, max_length=5, description="What there is to choose, as `[[question.options]]` tables."
    )

    @model_validator(mode="after")
    def _name_options(self) -> Self:
        for option in self.options:
            option._id = opaque_id(self.id, option.text)
        return self


def together(table: Mapping[str, Any]) -> Iterator[tuple[Sequence[int | str], str]]:
    """Find what is wrong with the options of a question together, whatever else is wrong with it."""
    options = table.get("options")
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        return
    marks = [option.get("right") for option in options]
    if options and all(isinstance(mark, bool) for mark in marks):
        right = marks.count(True)
        if right == 0:
            yield ("options",), "has no right option; mark one with right = true"
        elif right > 1 and table.get("kind") == "single":
            what = f"has {right} right options; a question of the kind 'single' has one, of 'several' more"
            yield ("options",), what
    texts = [option.get("text") for option in options]
    for index, text in enumerate(texts):
        same = next((n for n in range(index) if isinstance(text, str) and _same(texts[n], text)), None)
        if same is not None:
            yield ("options", index, "text"), f"has the same text in option {same + 1} and option {index + 1}"


def _same(first: object, second: str) -> bool:
    return isinstance(first, str) and " ".join(first.split()) == " ".join(second.split())
