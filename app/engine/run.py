"""A run as the engine takes it: every setting decided, in the plainest form that gives these pictures.

`reading.py` makes a `RunSpec` of a request. One that is submitted to the engine is checked here: who has the
token may still have written it wrongly, and what passes is exactly what `reading.py` makes. No torch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from app.cards import Card
from app.controls.request import about
from app.controls.table import CONTROLS, GUIDANCE_DECIMALS, NEUTRAL_GUIDANCE, broken_rules
from app.diffusion.plan import rows_needed
from app.errors import InvalidRequest
from app.ranges import MAX_NAME_LENGTH
from app.validation import first_refused


class RunStatus(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RunSpec:
    """A run with nothing left open; settings without effect have their neutral value.

    `label` is a class index or None. The prompts hold the names of the known words, so that synonyms make
    the same run, and are empty for models of classes and without a condition.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    model: Annotated[str, Field(max_length=MAX_NAME_LENGTH)]
    seed: Annotated[int, about("seed")]
    label: Annotated[int | None, Field(ge=0)]
    count: Annotated[int, about("count")]
    sampler: Annotated[str, about("sampler")]
    steps: Annotated[int, about("steps")]
    guidance: Annotated[float, about("guidance")]
    eta: Annotated[float, about("eta")]
    grid: Annotated[str, about("grid")]
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


SPEC = TypeAdapter(RunSpec)


def read_spec(body: bytes) -> RunSpec:
    """Read a specification from JSON, every field of its own type and in its own range.

    Raises:
        InvalidRequest: naming the first field that is wrong.
    """
    try:
        return SPEC.validate_json(body)
    except ValidationError as error:
        raise InvalidRequest(*first_refused(error, (field.name for field in fields(RunSpec)))) from error


def check_spec(spec: RunSpec, card: Card) -> None:
    """Check what only a model's card can tell, and that nothing without effect was given.

    Raises:
        InvalidRequest: naming the first field that is wrong.
    """
    for name in ("sampler", "grid"):
        allowed = CONTROLS[name].choices
        if getattr(spec, name) not in allowed:
            raise InvalidRequest(
                f"unknown {name} {getattr(spec, name)!r}; allowed: {', '.join(allowed)}", name
            )
    for broken in broken_rules(spec.count, spec.steps, spec.grid, spec.attention):
        raise broken
    faults = _faults_of_class(spec, card) if card.vocabulary is None else _faults_of_prompts(spec, card)
    for name, fault in (*_faults_of_numbers(spec), *faults):
        raise InvalidRequest(f"{name}: {fault}", name)


def _faults_of_numbers(spec: RunSpec) -> Iterator[tuple[str, str]]:
    if not CONTROLS["eta"].counts_with(spec.sampler) and spec.eta != 0.0:
        yield "eta", f"the sampler {spec.sampler} has none, so it must be 0, got {spec.eta:g}"
    if spec.guidance != round(spec.guidance, GUIDANCE_DECIMALS):
        yield "guidance", f"must have at most {GUIDANCE_DECIMALS} decimals, got {spec.guidance!r}"
    for name in ("guidance", "eta"):
        if str(getattr(spec, name)).startswith("-"):
            yield name, "must be 0, not -0"


def _faults_of_class(spec: RunSpec, card: Card) -> Iterator[tuple[str, str]]:
    for name in ("prompt", "negative_prompt", "attention"):
        if getattr(spec, name):
            yield name, f"the model {card.name} takes a label, not a prompt"
    if spec.label is not None and spec.label >= len(card.classes):
        yield "label", f"must be below {len(card.classes)}, got {spec.label}"
    if spec.label is None and spec.guidance != 1.0:
        yield "guidance", f"must be 1 without a label, got {spec.guidance:g}"
    if spec.guidance == 0.0:
        yield "guidance", "must be 1, and the label null, where the label is ignored"


def _faults_of_prompts(spec: RunSpec, card: Card) -> Iterator[tuple[str, str]]:
    if spec.label is not None:
        yield "label", f"the model {card.name} takes a prompt, not a label"
    assert card.vocabulary is not None
    for name in ("prompt", "negative_prompt"):
        try:
            card.vocabulary.tokens_of(getattr(spec, name))
        except ValueError as error:
            yield name, str(error)
    if spec.guidance != 1.0 and (spec.guidance in NEUTRAL_GUIDANCE or spec.prompt == spec.negative_prompt):
        yield "guidance", f"must be 1 where one prompt alone counts, got {spec.guidance:g}"
    if spec.guidance == 1.0 and spec.negative_prompt:
        yield "negative_prompt", "must be empty with guidance 1, which ignores it"
    if spec.attention and not spec.prompt:
        yield "attention", "must be false without a prompt"
