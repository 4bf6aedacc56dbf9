"""What every practice question has, whatever its kind: the form of a `[[question]]` table of `quiz.toml`.

A kind (`app/questions/NAME/`) adds what is chosen or entered, and how that is graded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from app.course.experiments import MEASURES_OF, Experiment, PlayerRun, PredictOnce
from app.course.pieces import one_line_block, render_block, render_inline, render_text
from app.course.place import Place
from app.course.token_checks import no_picture
from app.validation import QUESTION_ID, TEXT, Several, shown

Renderer = Callable[[str, Place], str]


class Text(str):
    """Markdown as written, with what it looks like as HTML in `html`, and the addresses it links to."""

    html: str
    links: tuple[str, ...] = ()


def _rendered_by(renderer: Renderer) -> Callable[[object, ValidationInfo], Text]:
    def validate(value: object, info: ValidationInfo) -> Text:
        if not isinstance(value, str):
            raise ValueError(f"{TEXT}; received {shown(value)}")
        if not value.strip():
            raise ValueError("must be text that is not empty")
        if what := (None if renderer is render_inline else one_line_block(value)):
            raise ValueError(what)
        context = info.context or {}
        text = Text(value.strip())
        owner = context.get("question", "")
        above = len(value) - len(value.lstrip())
        place = Place(
            context.get("pictures", {}),
            first_line=value[:above].count("\n"),
            owner=f"{owner}-{opaque_id(text)}" if owner else "",
        )
        text.html = renderer(text, place)
        text.links = tuple(found.text for found in place.links)
        if place.faults:
            raise Several(place.faults)
        return text

    return validate


Block = Annotated[Text, PlainValidator(_rendered_by(render_block))]
Line = Annotated[Text, PlainValidator(_rendered_by(render_text))]
Inline = Annotated[Text, PlainValidator(_rendered_by(render_inline))]
QuestionId = Annotated[str, StringConstraints(pattern=QUESTION_ID, max_length=60)]
Concept = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Question(BaseModel):
    """A practice question. `*_html` are the rendered forms; a single paragraph comes without `<p>`.

    Validation takes a context: `pictures`, the addresses of the lesson's pictures by name, and `question`,
    the id that the ids of footnotes and headings in its texts begin with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    id: QuestionId = Field(description="Its name, for ever: answers are kept under it.")
    kind: str = Field(description="The kind of question.")
    level: Literal["recall", "understand", "apply", "debug"] = Field(description="What it asks of a learner.")
    concepts: Annotated[tuple[Concept, ...], Field(strict=False)] = Field(
        min_length=1, description="What it asks about; each taught by this lesson or one before."
    )
    stem: Block = Field(description="The question: paragraphs, code and pictures.")
    steps: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        min_length=2, max_length=4, description="The worked solution, in steps."
    )
    final_answer: Line = Field(description="The answer, in a sentence.")
    quick_check: Line = Field(description="One line that a learner can apply again.")
    mistakes: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        min_length=1, description="The common mistakes."
    )
    experiment: Experiment | None = Field(
        default=None, description="A run that decides the key, as a `[question.experiment]` table."
    )

    @field_validator("experiment")
    @classmethod
    def _check_experiment(
        cls, experiment: PredictOnce | PlayerRun | None, info: ValidationInfo
    ) -> PredictOnce | PlayerRun | None:
        if experiment is None:
            return None
        faults = []
        pictures = (info.context or {}).get("pictures", {})
        if isinstance(experiment, PredictOnce) and experiment.picture not in pictures:
            faults.append((0, no_picture(experiment.picture, pictures)))
        allowed = MEASURES_OF[experiment.kind]
        if any(claim.measure not in allowed for claim in experiment.claims):
            measures = ", ".join(sorted(allowed))
            faults.append((0, f"an experiment of the kind {experiment.kind!r} is measured by {measures}"))
        if faults:
            raise Several(faults)
        return experiment

    @property
    def version(self) -> str:
        """A mark of the whole content: answers are kept with the version they were given to."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

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
