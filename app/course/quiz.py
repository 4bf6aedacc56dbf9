"""A lesson's practice questions: the form of `quiz.toml`, checked, with its Markdown rendered once.

Grading is `grading.py`'s affair, and what makes a question a poor one `lint.py`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from app.course.experiments import MEASURES_OF, Experiment
from app.course.markdown import Place, render_block, render_text

Renderer = Callable[[str, Place], str]


class Text(str):
    """Markdown as written, with what it looks like as HTML in `html`."""

    html: str


def _rendered_by(renderer: Renderer) -> Callable[[object, ValidationInfo], Text]:
    def validate(value: object, info: ValidationInfo) -> Text:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("must be text that is not empty")
        place = Place(pictures=(info.context or {}).get("pictures", {}))
        text = Text(value.strip())
        text.html = renderer(text, place)
        if place.faults:
            raise ValueError("; ".join(what for _, what in place.faults))
        return text

    return validate


Block = Annotated[Text, PlainValidator(_rendered_by(render_block))]
Line = Annotated[Text, PlainValidator(_rendered_by(render_text))]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Concept = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Option(BaseModel):
    """One answer to choose, with the feedback for those who chose it.

    `id` tells nothing of the key: it is made from the question's id and the option's text alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    text: Line
    right: bool
    feedback: Line
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


class Question(BaseModel):
    """A practice question. `*_html` are the rendered forms; a single paragraph comes without `<p>`."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    id: Id
    kind: Literal["single", "several"]
    level: Literal["recall", "understand", "apply", "debug"]
    concepts: tuple[Concept, ...] = Field(min_length=1)
    stem: Block
    options: tuple[Option, ...] = Field(min_length=2, max_length=5)
    steps: tuple[Line, ...] = Field(min_length=2, max_length=4)
    final_answer: Line
    quick_check: Line
    mistakes: tuple[Line, ...] = Field(min_length=1)
    experiment: Experiment | None = None

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        right = sum(option.right for option in self.options)
        if self.kind == "single" and right != 1:
            raise ValueError(f"a single question has exactly one right option; this one has {right}")
        if self.kind == "several" and right < 1:
            raise ValueError("a question of several needs at least one right option")
        if len({option.text for option in self.options}) < len(self.options):
            raise ValueError("two options have the same text")
        self._check_experiment((info.context or {}).get("pictures", {}))
        for option in self.options:
            option._id = opaque_id(self.id, option.text)
        return self

    def _check_experiment(self, pictures: dict[str, str]) -> None:
        experiment = self.experiment
        if experiment is None:
            return
        if experiment.kind == "predict_once" and experiment.picture not in pictures:
            raise ValueError(f"there is no picture {experiment.picture!r} in the lesson's folder")
        allowed = MEASURES_OF[experiment.kind]
        if any(claim.measure not in allowed for claim in experiment.claims):
            raise ValueError(
                f"an experiment of kind {experiment.kind} is measured by {', '.join(sorted(allowed))}"
            )

    @property
    def version(self) -> str:
        """A mark of the whole content: answers are kept with the version they were given to."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def stem_html(self) -> str:
        """The stem, as blocks."""
        return self.stem.html

    @property
    def steps_html(self) -> tuple[str, ...]:
        """The steps of the worked solution."""
        return tuple(step.html for step in self.steps)

    @property
    def final_answer_html(self) -> str:
        """The final answer."""
        return self.final_answer.html

    @property
    def quick_check_html(self) -> str:
        """The line that a learner can apply again."""
        return self.quick_check.html

    @property
    def mistakes_html(self) -> tuple[str, ...]:
        """The common mistakes."""
        return tuple(mistake.html for mistake in self.mistakes)


def opaque_id(*parts: str) -> str:
    """Make a short name that shows nothing of what it stands for."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def right_ids(options: Sequence[Option]) -> frozenset[str]:
    """The ids of the right options."""
    return frozenset(option.id for option in options if option.right)
