"""The options of a player lab as a lesson writes them, read over the defaults of the model's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.cards import Card, CardFile
from app.controls.control import TICKS, Control, Kind, Value
from app.controls.fields import Place
from app.controls.request import RunRequest, read_request
from app.controls.table import CONTROLS, broken_rules, controls_of
from app.course.directives import Lab
from app.engine.reading import class_index
from app.errors import InvalidRequest
from app.labs.options import BadOptions, MissingModel, OptionFault, Resources
from app.labs.player.appearance import OPTIONS, Appearance, read_appearance, read_places
from app.prompts import MAX_WORDS, Vocabulary


@dataclass(frozen=True)
class Player:
    """A player as a lesson asks for it.

    Args:
        file: its model.
        settings: what it runs until a learner changes it, with nothing left open.
        appearance: how its plate shows it.
    """

    file: CardFile
    settings: RunRequest
    appearance: Appearance


def described() -> dict[str, str]:
    """Describe the options, for those who write lessons."""
    settings = {
        name: f"{control.description} {_values(control)}".rstrip() for name, control in CONTROLS.items()
    }
    return {"model": "The name of a model; the first one unless given."} | settings | OPTIONS


def _values(control: Control) -> str:
    """Say what may be written for a control; of a choice its description says it."""
    if control.is_number:
        return f"{control.numbers.capitalize()}."
    return {
        Kind.LABEL: "One of the model's classes, by its name.",
        Kind.TEXT: f"At most {control.longest} letters.",
        Kind.TICK: " or ".join(f"`{text}`" for text in TICKS) + ".",
    }.get(control.kind, "")


def read(lab: Lab, resources: Resources) -> Player:
    """Read the options of a player.

    Raises:
        BadOptions: options that the player or its model does not know, all of them.
        MissingModel: its model is not on this server.
    """
    try:
        file = resources.card(lab.options.get("model"))
    except MissingModel as missing:
        faults = _faults_without_model(lab.options)
        if faults:
            raise BadOptions(faults, missing) from missing
        raise
    appearance, faults = read_appearance(lab.options, file.card)
    settings = {name: text for name, text in lab.options.items() if name not in OPTIONS}
    try:
        first = read_options(file.card, settings)
    except BadOptions as bad:
        raise BadOptions([*faults, *bad.faults]) from bad
    if appearance.has_mean and first.count < 2:
        faults.append(OptionFault("mean: a mean takes a `:count:` of 2 or more pictures", "mean"))
    if faults:
        raise BadOptions(faults)
    return Player(file, first, appearance)


def _faults_without_model(options: Mapping[str, str]) -> list[OptionFault]:
    """List what no model could take, while it is not known which one is meant."""
    _, faults = read_places(options, list(CONTROLS))
    for name, text in options.items():
        if name in OPTIONS or name == "model":
            continue
        if name not in CONTROLS:
            faults.append(OptionFault(f"a player has no option {name[:80]!r}", name))
            continue
        try:
            CONTROLS[name].read(text)
        except InvalidRequest as error:
            faults.append(OptionFault(str(error), name))
    return faults


def run(settings: Player) -> RunRequest:
    """Return what a player runs until a learner changes it."""
    return settings.settings


def fixed(settings: Player) -> frozenset[str]:
    """Name the settings that the plate locks or hides."""
    places = settings.appearance.presentation.places
    return frozenset(name for name, place in places.items() if place in (Place.LOCKED, Place.HIDDEN))


def read_options(card: Card, options: Mapping[str, str]) -> RunRequest:
    """Read a lab's options over the card's defaults.

    Args:
        card: of the model that the lab runs.
        options: as the lesson writes them; `model` is left to the caller.

    Returns:
        What the lab runs until a learner changes it, with nothing left open.

    Raises:
        BadOptions: options that the player or the model does not know, all of them.
    """
    controls = {control.name: control for control in controls_of(card)}
    values: dict[str, Value] = {}
    faults: list[OptionFault] = []
    for name, text in options.items():
        if name == "model":
            continue
        if name not in controls:
            what = (
                f"a player of {card.name} has no option {name!r}; it has {', '.join([*controls, *OPTIONS])}"
            )
            faults.append(OptionFault(what, name))
            continue
        try:
            values[name] = _read_option(controls[name], text, card)
        except InvalidRequest as error:
            faults.append(OptionFault(str(error), name))
    settings = read_request({"model": card.name, **values}).filled_in(card)
    assert settings.steps is not None and settings.grid is not None
    faults += [
        OptionFault(str(broken), broken.field)
        for broken in broken_rules(settings.count, settings.steps, settings.grid, settings.attention)
    ]
    if faults:
        raise BadOptions(faults)
    return settings


def _read_option(control: Control, text: str, card: Card) -> Value:
    """Read one option; an author's prompt has to count as a whole.

    Raises:
        InvalidRequest: what was given and what is allowed.
    """
    value = control.read(text)
    if control.kind is Kind.LABEL:
        class_index(None if value is None else str(value), card)
    if control.kind is Kind.TEXT and card.vocabulary is not None:
        _check_prompt(control.name, text, card.vocabulary)
    return value


def _check_prompt(name: str, text: str, vocabulary: Vocabulary) -> None:
    read = vocabulary.read(text)
    if read.unknown:
        unknown = ", ".join(map(repr, read.unknown))
        raise InvalidRequest(f"{name}: the model's vocabulary has no {unknown}", name)
    if read.unread:
        given = len(read.words) + read.unread
        raise InvalidRequest(f"{name}: the model reads {MAX_WORDS} words, got {given}", name)
