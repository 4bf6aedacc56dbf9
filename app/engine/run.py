"""A run as asked for and as normalised: every setting checked against the model's card. No torch.

The web edge parses a `RunRequest`; `normalise` turns it into a `RunSpec`, in which nothing is left
open and settings without effect have their neutral value, so that equal pictures have equal specs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from app.cards import Card
from app.diffusion.plan import rows_needed
from app.diffusion.samplers.catalogue import SAMPLERS
from app.errors import InvalidRequest
from app.prompts import Prompt, Vocabulary

MAX_COUNT = 16
MAX_STEPS = 1000
MAX_IMAGE_STEPS = 3200
MAX_GUIDANCE = 20.0
MAX_SEED = 2**53
MAX_LABEL_LENGTH = 64
MAX_PROMPT_LENGTH = 10_000
MAX_ATTENTION_COUNT = 4
"""Pictures of a run whose attention is shown: a map for every word and step is a lot to send."""

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
    prompt: Annotated[str, Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    negative_prompt: Annotated[str, Field(max_length=MAX_PROMPT_LENGTH)] | None = None
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 1
    sampler: Annotated[str, Field(max_length=64)] | None = None
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = None
    guidance: Annotated[float, Field(ge=0.0, le=MAX_GUIDANCE)] | None = None
    eta: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    grid: Annotated[str, Field(max_length=64)] = "uniform"
    attention: bool = False


@dataclass(frozen=True)
class RunSpec:
    """A run with nothing left open.

    `label` is a class index or None. The prompts hold the names of the known words, so that synonyms make
    the same run, and are empty for models of classes and without a condition.
    """

    model: str
    seed: int
    label: int | None
    count: int
    sampler: str
    steps: int
    guidance: float
    eta: float
    grid: str
    prompt: str = ""
    negative_prompt: str = ""
    attention: bool = False

    @property
    def rows_per_picture(self) -> int:
        """Network rows that a picture costs a call: 2 where guidance needs two different estimates."""
        is_conditioned = self.label is not None or self.prompt != self.negative_prompt
        return rows_needed(self.guidance, is_conditioned)

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
    guidance = card.defaults.guidance if request.guidance is None else request.guidance
    eta = card.defaults.eta if request.eta is None else request.eta
    spec = RunSpec(
        model=card.name,
        seed=request.seed,
        label=None,
        count=request.count,
        sampler=sampler,
        steps=steps,
        guidance=guidance,
        eta=abs(eta) if SAMPLERS[sampler].uses_eta else 0.0,  # -0 would name another run
        grid=grid,
    )
    if card.vocabulary is None:
        return _with_label(spec, request, card)
    return _with_prompt(spec, request, card, card.vocabulary)


def _with_label(spec: RunSpec, request: RunRequest, card: Card) -> RunSpec:
    """Add the class to a run; with guidance 0 there is none, and without one guidance is neutral."""
    for field in ("prompt", "negative_prompt", "attention"):
        if getattr(request, field) not in (None, False):
            raise InvalidRequest(
                f"the model {card.name} takes a label, not a prompt; labels: {', '.join(card.classes)}", field
            )
    label = class_index(request.label, card)
    if label is None or spec.guidance == 0.0:
        return replace(spec, guidance=1.0)
    return replace(spec, label=label)


def _with_prompt(spec: RunSpec, request: RunRequest, card: Card, vocabulary: Vocabulary) -> RunSpec:
    """Add the prompts to a run, in the plainest form that gives the same pictures.

    Guidance 0 paints the negative prompt alone and guidance 1 ignores it; two equal prompts leave nothing
    to be guided away from.
    """
    if request.label is not None:
        raise InvalidRequest(
            f"the model {card.name} takes a prompt, not a label; for instance: "
            f"{' '.join(entries[0].split()[0] for entries in list(card.words.values())[:3])}",
            "label",
        )
    if request.attention and spec.count > MAX_ATTENTION_COUNT:
        raise InvalidRequest(
            f"attention is shown for at most {MAX_ATTENTION_COUNT} pictures at once, got {spec.count}",
            "count",
        )
    wanted = _names(vocabulary.read(request.prompt or ""), vocabulary)
    unwanted = _names(vocabulary.read(request.negative_prompt or ""), vocabulary)
    guidance = spec.guidance
    if guidance == 0.0:
        wanted, guidance = unwanted, 1.0
    if guidance == 1.0 or wanted == unwanted:
        unwanted, guidance = "", 1.0
    return replace(
        spec,
        guidance=guidance,
        prompt=wanted,
        negative_prompt=unwanted,
        attention=request.attention and bool(wanted),
    )


def _names(prompt: Prompt, vocabulary: Vocabulary) -> str:
    """Write a prompt with the names of its words, so that synonyms are written alike."""
    return " ".join(vocabulary.names[token] for token in prompt.tokens)


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
