"""A run as asked for, as read and as normalised: every setting checked against the model's card. No torch.

The web edge parses a `RunRequest`. `read_prompts` reads its prompts, once. `normalise` turns both into a
`RunSpec`, in which nothing is left open and settings without effect have their neutral value, so that equal
pictures have equal specs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from app.cards import Card
from app.diffusion.plan import rows_needed
from app.diffusion.samplers.catalogue import SAMPLERS
from app.diffusion.schedules import GRIDS, check_steps
from app.diffusion.seeds import MAX_SEED
from app.errors import InvalidRequest
from app.prompts import Prompt, Vocabulary

MAX_COUNT = 16
MAX_STEPS = 1000
MAX_IMAGE_STEPS = 3200
MAX_GUIDANCE = 20.0
MAX_LABEL_LENGTH = 64
MAX_PROMPT_LENGTH = 500
"""Letters of a prompt: enough for 24 words, and so few that no text of theirs takes long to normalise."""

GUIDANCE_DECIMALS = 6
"""Single precision, in which guidance is applied, still tells so small a step from 0 and from 1."""

MAX_ATTENTION_COUNT = 4
"""Pictures of a run whose attention is shown: a map for every word and step is a lot to send."""


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
    grid: Annotated[str, Field(max_length=64)] | None = None
    attention: bool = False


@dataclass(frozen=True)
class Told:
    """What a request tells a model of prompts.

    Args:
        prompt: as it was read; empty where none was given.
        negative_prompt: the same of what guidance leads away from.
        guidance: see `guidance_of`.
        attention: whether it was asked what each word drew.
    """

    prompt: Prompt
    negative_prompt: Prompt
    guidance: float
    attention: bool = False

    @property
    def main(self) -> Prompt:
        """The prompt whose words draw the picture; with guidance 0 it is the negative one."""
        return self.negative_prompt if self.guidance == 0.0 else self.prompt


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


def guidance_of(request: RunRequest, card: Card) -> float:
    """Return the guidance that was asked for, or the model's own, to `GUIDANCE_DECIMALS`."""
    guidance = card.defaults.guidance if request.guidance is None else request.guidance
    return abs(round(guidance, GUIDANCE_DECIMALS))  # -0 would name another run


def read_prompts(request: RunRequest, card: Card) -> Told | None:
    """Read a request's prompts; None for a model of classes."""
    if card.vocabulary is None:
        return None
    return Told(
        card.vocabulary.read(request.prompt or ""),
        card.vocabulary.read(request.negative_prompt or ""),
        guidance_of(request, card),
        request.attention,
    )


def normalise(request: RunRequest, card: Card, told: Told | None = None) -> RunSpec:
    """Fill in what a request leaves open and check what only the card can tell.

    Args:
        request: what was asked for.
        card: of its model.
        told: its prompts, by whoever has read them already.

    Raises:
        InvalidRequest: a setting that this model does not take; the text says what is allowed.
    """
    sampler = card.defaults.sampler if request.sampler is None else request.sampler
    sampler = _one_of("sampler", sampler, SAMPLERS)
    grid = _one_of("grid", card.defaults.grid if request.grid is None else request.grid, GRIDS)
    steps = request.steps or card.defaults.steps
    check_steps(grid, steps)
    if request.count * steps > MAX_IMAGE_STEPS:
        raise InvalidRequest(
            f"count x steps must be at most {MAX_IMAGE_STEPS}, got {request.count} x {steps}; "
            "ask for fewer pictures or fewer steps",
            "steps",
        )
    eta = card.defaults.eta if request.eta is None else request.eta
    spec = RunSpec(
        model=card.name,
        seed=request.seed,
        label=None,
        count=request.count,
        sampler=sampler,
        steps=steps,
        guidance=guidance_of(request, card),
        eta=abs(eta) if SAMPLERS[sampler].uses_eta else 0.0,  # -0 again
        grid=grid,
    )
    if card.vocabulary is None:
        return _with_label(spec, request, card)
    return _with_prompt(spec, request, card, told)


def _with_label(spec: RunSpec, request: RunRequest, card: Card) -> RunSpec:
    """Add the class to a run; with guidance 0 there is none, and without one guidance is neutral."""
    for field in ("prompt", "negative_prompt"):
        if getattr(request, field) is not None:
            raise InvalidRequest(
                f"the model {card.name} takes a label, not a prompt; labels: {', '.join(card.classes)}", field
            )
    if request.attention:
        raise InvalidRequest(
            f"the model {card.name} takes a label, so it has no words to show attention for", "attention"
        )
    label = class_index(request.label, card)
    if label is None or spec.guidance == 0.0:
        return replace(spec, guidance=1.0)
    return replace(spec, label=label)


def _with_prompt(spec: RunSpec, request: RunRequest, card: Card, told: Told | None) -> RunSpec:
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
    told = told or read_prompts(request, card)
    assert told is not None and card.vocabulary is not None
    prompt = _names(told.main, card.vocabulary)
    negative = _names(told.negative_prompt, card.vocabulary)
    is_neutral = spec.guidance in (0.0, 1.0) or prompt == negative
    return replace(
        spec,
        guidance=1.0 if is_neutral else spec.guidance,
        prompt=prompt,
        negative_prompt="" if is_neutral else negative,
        attention=request.attention and bool(prompt),
    )


def _names(prompt: Prompt, vocabulary: Vocabulary) -> str:
    """Write a prompt with the names of its words, so that synonyms are written alike."""
    return " ".join(vocabulary.names[token] for token in prompt.tokens)


def _one_of(field: str, value: str, allowed: Collection[str]) -> str:
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
