"""A request read, once: its prompts, and the run that it asks for. No torch.

Settings without effect get their neutral value, so that equal pictures have equal specifications.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.cards import Card
from app.controls.control import Condition
from app.controls.request import RunRequest
from app.controls.table import CONTROLS, GUIDANCE_DECIMALS, NEUTRAL_GUIDANCE, broken_rules
from app.engine.run import RunSpec
from app.errors import InvalidRequest
from app.prompts import Prompt


@dataclass(frozen=True)
class PromptReading:
    """How a model of prompts takes a request.

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
class RunReading:
    """What was made of a request: the run, and how its prompts were read (None for a model of classes)."""

    spec: RunSpec
    prompts: PromptReading | None


def read_run(request: RunRequest, card: Card) -> RunReading:
    """Fill in what a request leaves open, read its prompts, and check what only the card can tell.

    Raises:
        InvalidRequest: a setting that this model does not take; the text says what is allowed.
    """
    asked = request.filled_in(card)
    assert asked.sampler is not None and asked.grid is not None
    assert asked.steps is not None and asked.eta is not None
    sampler = _one_of("sampler", asked.sampler)
    grid = _one_of("grid", asked.grid)
    is_prompted = card.vocabulary is not None
    for broken in broken_rules(asked.count, asked.steps, grid, asked.attention and is_prompted):
        raise broken
    spec = RunSpec(
        model=card.name,
        seed=asked.seed,
        label=None,
        count=asked.count,
        sampler=sampler,
        steps=asked.steps,
        guidance=guidance_of(request, card),
        eta=abs(asked.eta) if CONTROLS["eta"].counts_with(sampler) else 0.0,  # -0 would name another run
        grid=grid,
    )
    if card.vocabulary is None:
        return RunReading(_with_label(spec, request, card), None)
    return _with_prompts(spec, request, card)


def guidance_of(request: RunRequest, card: Card) -> float:
    """Return the guidance that was asked for, or the model's own, to `GUIDANCE_DECIMALS`."""
    guidance = card.defaults.guidance if request.guidance is None else request.guidance
    return abs(round(guidance, GUIDANCE_DECIMALS))  # -0 again


def read_prompts(request: RunRequest, card: Card) -> PromptReading | None:
    """Read a request's prompts; None for a model of classes."""
    if card.vocabulary is None:
        return None
    return PromptReading(
        card.vocabulary.read(request.prompt or ""),
        card.vocabulary.read(request.negative_prompt or ""),
        guidance_of(request, card),
        request.attention,
    )


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


def _with_label(spec: RunSpec, request: RunRequest, card: Card) -> RunSpec:
    """Add the class to a run; with guidance 0 there is none, and without one guidance is neutral."""
    for control in CONTROLS.values():
        if control.condition is Condition.PROMPT and getattr(request, control.name) not in (None, False):
            raise InvalidRequest(_takes_a_label(control.name, card), control.name)
    label = class_index(request.label, card)
    if label is None or spec.guidance == 0.0:
        return replace(spec, guidance=1.0)
    return replace(spec, label=label)


def _takes_a_label(name: str, card: Card) -> str:
    if name == "attention":
        return f"the model {card.name} takes a label, so it has no words to show attention for"
    return f"the model {card.name} takes a label, not a prompt; labels: {', '.join(card.classes)}"


def _with_prompts(spec: RunSpec, request: RunRequest, card: Card) -> RunReading:
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
    prompts = read_prompts(request, card)
    assert prompts is not None and card.vocabulary is not None
    prompt = card.vocabulary.write(prompts.main.tokens)
    negative = card.vocabulary.write(prompts.negative_prompt.tokens)
    is_neutral = spec.guidance in NEUTRAL_GUIDANCE or prompt == negative
    finished = replace(
        spec,
        guidance=1.0 if is_neutral else spec.guidance,
        prompt=prompt,
        negative_prompt="" if is_neutral else negative,
        attention=request.attention and bool(prompt),
    )
    return RunReading(finished, prompts)


def _one_of(name: str, value: str) -> str:
    allowed: Collection[str] = CONTROLS[name].choices
    if value not in allowed:
        raise InvalidRequest(f"unknown {name} {value!r}; allowed: {', '.join(allowed)}", name)
    return value
