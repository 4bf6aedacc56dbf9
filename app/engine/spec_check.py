"""The engine's check of a run that is submitted: who has the token may still have written it wrongly.

What passes is exactly what `reading.py` makes: in range, in the plainest form, and of this model.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from app.cards import Card
from app.controls.rules import broken_rules
from app.controls.table import CONTROLS, GUIDANCE_DECIMALS, NEUTRAL_GUIDANCE
from app.engine.run import RunSpec
from app.errors import InvalidRequest

SPEC = TypeAdapter(RunSpec)


def read_spec(body: bytes) -> RunSpec:
    """Read a specification from JSON, every field of its own type and in its own range.

    Raises:
        InvalidRequest: naming the first field that is wrong.
    """
    try:
        return SPEC.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise InvalidRequest(first["msg"], ".".join(str(part) for part in first["loc"]) or None) from error


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
    for broken in broken_rules(spec.count, spec.steps, spec.attention):
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
