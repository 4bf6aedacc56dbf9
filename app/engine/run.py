"""A run as asked for and as normalised: every setting checked against the model's card. No torch.

The web edge parses a `RunRequest`; `normalise` turns it into a `RunSpec`, in which nothing is left
open and settings without effect have their neutral value, so that equal pictures have equal specs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from app.cards import Card
from app.diffusion.samplers.catalogue import SAMPLERS
from app.errors import InvalidRequest

MAX_COUNT = 16
MAX_STEPS = 1000
MAX_IMAGE_STEPS = 3200
MAX_GUIDANCE = 20.0
MAX_SEED = 2**53
MAX_LABEL_LENGTH = 64
GRIDS = ("uniform", "log_snr", "rho7")


class RunStatus(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


def _label(value: object) -> str | int | None:
    """Take a class's name, its index or nothing; one check, so that a fault is one fault of one field."""
    if isinstance(value, str) and len(value) <= MAX_LABEL_LENGTH and value.isprintable():
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_SEED:
        return value
    if value is None:
        return None
    raise ValueError("label must be the name of a class, its index (a whole number from 0), or null")


Label = Annotated[str | int | None, PlainValidator(_label, json_schema_input_type=str | int | None)]


class RunRequest(BaseModel):
    """A run as a person or a script asks for it; what is left out comes from the model's card."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    model: Annotated[str, Field(max_length=64)]
    seed: Annotated[int, Field(ge=0, lt=MAX_SEED)] = 0
    label: Label = None
    prompt: Annotated[str, Field(max_length=10_000)] | None = None
    negative_prompt: Annotated[str, Field(max_length=10_000)] | None = None
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 1
    sampler: Annotated[str, Field(max_length=64)] | None = None
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = None
    guidance: Annotated[float, Field(ge=0.0, le=MAX_GUIDANCE)] | None = None
    eta: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    grid: Annotated[str, Field(max_length=64)] = "uniform"


@dataclass(frozen=True)
class RunSpec:
    """A run with nothing left open; `label` is a class index or None."""

    model: str
    seed: int
    label: int | None
    count: int
    sampler: str
    steps: int
    guidance: float
    eta: float
    grid: str

    def run_id(self, weights_sha256: str) -> str:
        """Name the run by all that decides its pictures: equal names mean equal pictures."""
        content = json.dumps([asdict(self), weights_sha256], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]


def read_request(given: Mapping[str, object]) -> RunRequest:
    """Make a request of settings that were not parsed at the HTTP edge.

    Raises:
        InvalidRequest: naming the first field that cannot be.
    """
    try:
        return RunRequest.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        raise InvalidRequest(f"{name}: {first['msg'].removeprefix('Value error, ')}", name) from error


def normalise(request: RunRequest, card: Card) -> RunSpec:
    """Fill in what a request leaves open and check what only the card can tell.

    Raises:
        InvalidRequest: a setting that this model does not take; the text says what is allowed.
    """
    if request.prompt is not None or request.negative_prompt is not None:
        field = "prompt" if request.prompt is not None else "negative_prompt"
        raise InvalidRequest(
            f"the model {card.name} takes a label, not a prompt; labels: {', '.join(card.classes)}", field
        )
    sampler = card.defaults.sampler if request.sampler is None else request.sampler
    sampler = _one_of("sampler", sampler, tuple(SAMPLERS))
    grid = _one_of("grid", request.grid, GRIDS)
    steps = request.steps or card.defaults.steps
    if request.count * steps > MAX_IMAGE_STEPS:
        raise InvalidRequest(
            f"count x steps must be at most {MAX_IMAGE_STEPS}, got {request.count} x {steps}; "
            "ask for fewer pictures or fewer steps",
            "steps",
        )
    label = class_index(request.label, card)
    guidance = card.defaults.guidance if request.guidance is None else request.guidance
    eta = card.defaults.eta if request.eta is None else request.eta
    if label is not None and guidance == 0.0:
        label = None
    return RunSpec(
        model=card.name,
        seed=request.seed,
        label=label,
        count=request.count,
        sampler=sampler,
        steps=steps,
        guidance=guidance if label is not None else 1.0,
        eta=abs(eta) if SAMPLERS[sampler].uses_eta else 0.0,  # -0 would name another run
        grid=grid,
    )


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InvalidRequest(f"unknown {field} {value!r}; allowed: {', '.join(allowed)}", field)
    return value


def class_index(label: str | int | None, card: Card) -> int | None:
    """Find a class by name or by index.

    Raises:
        InvalidRequest: the model has no such class.
    """
    if label is None:
        return None
    if isinstance(label, str) and label in card.classes:
        return card.classes.index(label)
    if isinstance(label, int) and label < len(card.classes):
        return label
    raise InvalidRequest(
        f"unknown label {label!r} for the model {card.name}; allowed: {', '.join(card.classes)}", "label"
    )
