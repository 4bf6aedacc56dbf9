"""What a setting of a run is: its kind, its range, its words for people, what it costs and when it counts.

A control also reads its value from text, which is how forms, lessons and links hold it. Which controls there
are is in `table.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.cards import Card
from app.diffusion.samplers.catalogue import SAMPLERS
from app.errors import InvalidRequest
from app.numbers import as_written, decimal_number, whole_number

Value = str | int | float | bool | None

ANY_CLASS = ""
"""The text of a label for a run without a class."""

TICKS = {"true": True, "false": False}


class Kind(StrEnum):
    """What values a control takes, and so how it is shown."""

    WHOLE = "whole"
    REAL = "real"
    CHOICE = "choice"
    TEXT = "text"
    TICK = "tick"
    LABEL = "label"


class Cost(StrEnum):
    """How a control decides the network rows of a run.

    rows = PICTURES x (calls of STEPS steps with the sampler of CALLS) x (1 or 2, by GUIDANCE and CONDITION).
    """

    PICTURES = "pictures"
    STEPS = "steps"
    CALLS = "calls"
    GUIDANCE = "guidance"
    CONDITION = "condition"
    APART = "apart"
    """The run shares no calls with others, so it is slower by more than its rows."""


class Condition(StrEnum):
    """What a model is conditioned on."""

    CLASS = "class"
    PROMPT = "prompt"


@dataclass(frozen=True)
class Control:
    """One setting of a run.

    Args:
        name: of the field in requests, forms, lessons, links and commands.
        kind: what values it takes.
        title: what stands beside its field.
        help: what it does, in one sentence or two.
        noun: what it is called within a sentence; the title in small letters unless given.
        symbol: its name in code, shown after the title where learners meet both.
        prompt_help: the help line for models of prompts, where it differs.
        in_forms: what the help line of a form says further: of values by the names that they have there.
        left_out: what it means to leave it out of a request, a lesson or a command; forms always send it.
        least: smallest number.
        most: largest number.
        longest: letters that a text may have.
        lines: of a text field.
        choices: titles by value, for a choice.
        default: the value of a request that leaves it open, unless the model's card has one.
        has_card_default: the card gives the default.
        condition: the only models that have it; None for all models.
        needs_eta: it counts only with samplers that use eta.
        cost: how it decides what a run costs; None where it does not.
        neutral: numbers that cost least.
        decimals: to which a number is rounded; None for as it is given.
        changes_pictures: False where only the frames on the way tell more.
    """

    name: str
    kind: Kind
    title: str
    help: str
    noun: str = ""
    symbol: str = ""
    prompt_help: str = ""
    in_forms: str = ""
    left_out: str = ""
    least: float = 0
    most: float = 0
    longest: int = 0
    lines: int = 1
    choices: Mapping[str, str] = field(default_factory=dict)
    default: Value = None
    has_card_default: bool = False
    condition: Condition | None = None
    needs_eta: bool = False
    cost: Cost | None = None
    neutral: tuple[float, ...] = ()
    decimals: int | None = None
    changes_pictures: bool = True

    @property
    def is_number(self) -> bool:
        """It has a range."""
        return self.kind in (Kind.WHOLE, Kind.REAL)

    @property
    def numbers(self) -> str:
        """The range of a number, in words."""
        what = "a whole number" if self.kind is Kind.WHOLE else "a number"
        return f"{what} from {self.least:.15g} to {self.most:.16g}"

    @property
    def label(self) -> str:
        """The title with the symbol, where it has one."""
        return f"{self.title} {self.symbol}".rstrip()

    @property
    def called(self) -> str:
        """The name of the control within a sentence."""
        return self.noun or self.title.lower()

    @property
    def heading(self) -> str:
        """The name of the control at the head of its value, in a list of settings."""
        return f"{self.called[0].upper()}{self.called[1:]} {self.symbol}".rstrip()

    @property
    def description(self) -> str:
        """The help for those who may run any model, and leave settings out: lessons, scripts, commands."""
        parts = [self.help, self.left_out] if self.left_out else [self.help]
        if self.prompt_help:
            parts.append(f"For a model of prompts: {self.prompt_help}")
        if self.condition is not None:
            kinds = {Condition.CLASS: "classes", Condition.PROMPT: "prompts"}
            parts.append(f"Only for models of {kinds[self.condition]}.")
        if self.choices:
            parts.append(f"One of {', '.join(self.choices)}.")
        if self.has_card_default:
            parts.append("By default the model's own.")
        return " ".join(parts)

    def is_of(self, card: Card) -> bool:
        """Whether this model has the control."""
        return self.condition in (None, condition_of(card))

    def counts_with(self, sampler: str) -> bool:
        """Whether the value changes anything with this sampler."""
        return SAMPLERS[sampler].uses_eta or not self.needs_eta

    def default_for(self, card: Card) -> Value:
        """Return the value of a request to this model that leaves the control open."""
        if not self.has_card_default:
            return self.default
        value: Value = getattr(card.defaults, self.name)
        return value

    def help_for(self, card: Card) -> str:
        """Return the help line for learners who run this model."""
        is_prompted = condition_of(card) is Condition.PROMPT
        text = self.prompt_help if is_prompted and self.prompt_help else self.help
        return f"{text} {self.in_forms}".rstrip()

    def choices_for(self, card: Card) -> dict[str, str]:
        """Return the titles of all values by their texts; empty where the values are not listed."""
        if self.kind is Kind.LABEL:
            return {ANY_CLASS: "any"} | {name: name for name in card.classes}
        return dict(self.choices)

    def read(self, text: str) -> Value:
        """Read a value from text. Whether a model has this label or these words is not checked here.

        Raises:
            InvalidRequest: what was received and what is allowed.
        """
        if self.is_number:
            return self._read_number(text)
        if self.kind is Kind.TICK:
            self._check_among(text, TICKS)
            return TICKS[text]
        if self.kind is Kind.CHOICE:
            self._check_among(text, self.choices)
        if self.kind is Kind.TEXT and len(text) > self.longest:
            raise InvalidRequest(
                f"{self.name} must have at most {self.longest} letters, got {len(text)}", self.name
            )
        return None if self.kind is Kind.LABEL and text == ANY_CLASS else text

    def write(self, value: Value) -> str:
        """Write a value as the text that `read` reads."""
        if self.kind is Kind.TICK:
            return "true" if value else "false"
        return "" if value is None else str(value)

    def in_words(self, value: Value, card: Card) -> str:
        """Write a value for people."""
        if self.kind is Kind.TICK:
            return "yes" if value else "no"
        if self.kind is Kind.REAL:
            return f"{value:g}"
        text = self.write(value)
        return self.choices_for(card).get(text, text) or "none"

    def _read_number(self, text: str) -> int | float:
        is_whole = self.kind is Kind.WHOLE
        value = whole_number(text) if is_whole else decimal_number(text)
        if value is None or not self.least <= value <= self.most:
            hint = as_written(text, is_whole=is_whole)
            raise InvalidRequest(f"{self.name} must be {self.numbers}, got {text[:40]!r}{hint}", self.name)
        return value

    def _check_among(self, text: str, allowed: Mapping[str, object]) -> None:
        if text not in allowed:
            raise InvalidRequest(f"unknown {self.name} {text!r}; allowed: {', '.join(allowed)}", self.name)


def condition_of(card: Card) -> Condition:
    """Return what a model is conditioned on."""
    return Condition.CLASS if card.vocabulary is None else Condition.PROMPT
