"""The controls of one plate: where each of them stands, and what its field holds and says.

`templates/kit/fields.html` draws the fields; `static/kit/fields.js` reads them from `script_controls`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from app.cards import Card
from app.controls.control import Control
from app.controls.request import RunRequest
from app.controls.table import controls_of


class Place(StrEnum):
    """How a plate shows a control."""

    SHOWN = "shown"
    FOLDED = "folded"
    """Among the further settings, which a learner opens."""

    LOCKED = "locked"
    """Shown as text: the plate's value holds, and is sent along."""

    HIDDEN = "hidden"
    """Not shown: the plate's value holds, and is sent along."""


FIXED = (Place.LOCKED, Place.HIDDEN)
"""Where a learner cannot change a control."""


@dataclass(frozen=True)
class Presentation:
    """Which controls of a plate stand where.

    Args:
        order: names of all controls, in the order of the form.
        places: of those that are not simply shown.
    """

    order: tuple[str, ...]
    places: Mapping[str, Place] = field(default_factory=dict)

    def with_places(self, places: Mapping[str, Place]) -> Self:
        """Return the same presentation with other places for some controls.

        Raises:
            ValueError: a place for something that is no control.
        """
        unknown = [name for name in places if name not in self.order]
        if unknown:
            raise ValueError(f"there is no control {unknown[0]!r}; there are {', '.join(self.order)}")
        return replace(self, places={**self.places, **places})

    def place_of(self, name: str) -> Place:
        """Return where a control stands."""
        return self.places.get(name, Place.SHOWN)


@dataclass(frozen=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """A control in the form of a plate.

    Args:
        control: what it sets.
        place: how it is shown.
        value: what the field holds, as text.
        words: the same for people, where the value is fixed.
        help: the line below the field.
        choices: the entries of a list; empty for other fields.
        is_default: the value is the model's own.
    """

    control: Control
    place: Place
    value: str
    words: str
    help: str
    choices: tuple[Choice, ...]
    is_default: bool

    @property
    def name(self) -> str:
        """The name of the control."""
        return self.control.name

    @property
    def is_fixed(self) -> bool:
        """A learner cannot change it."""
        return self.place in FIXED


def fields_of(card: Card, settings: RunRequest, presentation: Presentation) -> tuple[Field, ...]:
    """Return the fields of a plate in the order of its form.

    Args:
        card: of the model that the plate runs; it decides which controls there are.
        settings: what the plate begins with, with nothing left open.
        presentation: where each control stands.
    """
    controls = {control.name: control for control in controls_of(card)}
    return tuple(
        _field(controls[name], card, settings, presentation.place_of(name))
        for name in presentation.order
        if name in controls
    )


def script_controls(card: Card, presentation: Presentation) -> list[dict[str, Any]]:
    """Describe the controls of a plate for its script, in the order of links."""
    return [
        _facts(control)
        | {
            "fixed": presentation.place_of(control.name) in FIXED,
            "usual": control.write(control.default_for(card)),
        }
        for control in controls_of(card)
    ]


def _facts(control: Control) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": control.name,
        "kind": control.kind,
        "title": control.label,
        "cost": control.cost,
    }
    if control.is_number:
        facts |= {"least": control.least, "most": control.most}
    if control.longest:
        facts["longest"] = control.longest
    if control.neutral:
        facts["neutral"] = control.neutral
    if control.decimals is not None:
        facts["decimals"] = control.decimals
    return facts


def _field(control: Control, card: Card, settings: RunRequest, place: Place) -> Field:
    value = getattr(settings, control.name)
    text = control.write(value)
    return Field(
        control=control,
        place=place,
        value=text,
        words=control.in_words(value, card),
        help=control.help_for(card),
        choices=tuple(
            Choice(choice, title, choice == text) for choice, title in control.choices_for(card).items()
        ),
        is_default=value == control.default_for(card),
    )
