"""A run as it is asked for: the settings of the table as typed fields, in the ranges that the table gives.

A request is checked by itself here; what only the model's card can tell is checked where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from app.cards import Card
from app.controls.control import Kind
from app.controls.table import CONTROLS, controls_of
from app.diffusion.seeds import MAX_SEED
from app.errors import InvalidRequest
from app.ranges import MAX_NAME_LENGTH
from app.validation import first_refused, shown


def about(name: str) -> Any:
    """Return the range and the description of a setting as pydantic takes them, from the table."""
    control = CONTROLS[name]
    limits: dict[str, Any] = {}
    if control.is_number:
        whole = control.kind is Kind.WHOLE
        limits = {"ge": control.least, "le": int(control.most) if whole else float(control.most)}
    elif control.kind is Kind.TEXT:
        limits = {"max_length": control.longest}
    elif control.kind is Kind.CHOICE:
        limits = {"max_length": MAX_NAME_LENGTH}
    return Field(description=control.description, **limits)


def _label(value: object) -> str | int | None:
    """Take a class's name, its index or nothing; one check, so that a fault is one fault of one field."""
    if isinstance(value, str) and len(value) <= MAX_NAME_LENGTH and value.isprintable():
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_SEED:
        return value
    if value is None:
        return None
    raise ValueError(
        f"must be the name of a class, its index (a whole number from 0), or null; received {shown(value)}"
    )


Label = Annotated[str | int | None, PlainValidator(_label, json_schema_input_type=str | int | None)]


class PictureSettings(BaseModel):
    """All that decides the finished pictures of a run; what is left out comes from the model's card."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    model: Annotated[str, Field(max_length=MAX_NAME_LENGTH, description="The name of a model.")]
    label: Annotated[Label, about("label")] = None
    prompt: Annotated[str | None, about("prompt")] = None
    negative_prompt: Annotated[str | None, about("negative_prompt")] = None
    seed: Annotated[int, about("seed")] = 0
    count: Annotated[int, about("count")] = 1
    sampler: Annotated[str | None, about("sampler")] = None
    steps: Annotated[int | None, about("steps")] = None
    guidance: Annotated[float | None, about("guidance")] = None
    eta: Annotated[float | None, about("eta")] = None
    grid: Annotated[str | None, about("grid")] = None


class RunRequest(PictureSettings):
    """A run as a person or a script asks for it."""

    attention: Annotated[bool, about("attention")] = False

    def filled_in(self, card: Card) -> Self:
        """Return the same request with every setting that was left open at the model's default."""
        left_open = {
            control.name: control.default_for(card)
            for control in controls_of(card)
            if getattr(self, control.name) is None
        }
        return self.model_copy(update=left_open)


def read_request(given: Mapping[str, object]) -> RunRequest:
    """Make a request of settings that were not parsed at the HTTP edge.

    Raises:
        InvalidRequest: naming the first field that cannot be.
    """
    try:
        return RunRequest.model_validate(dict(given))
    except ValidationError as error:
        raise InvalidRequest(*first_refused(error, RunRequest.model_fields, "the request")) from error


def read_texts(given: Mapping[str, str]) -> RunRequest:
    """Make a request of settings that came as text, from a form; one that is no setting is refused.

    Raises:
        InvalidRequest: naming the first field that cannot be.
    """
    return read_request(
        {name: CONTROLS[name].read(text) if name in CONTROLS else text for name, text in given.items()}
    )
