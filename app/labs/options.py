"""What every kind of lab shares in reading its options: what they may name, and how faults are told.

No web and no torch: the course check reads labs by the same functions as the server.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cards import CardFile


@dataclass(frozen=True)
class Resources:
    """What the options of a lab may name.

    Args:
        cards: of every model on this server, by the model's name.
        pictures: the files of the lesson's pictures, by their names in its folder.
        faulty_pictures: names of others, of which it is told elsewhere that they cannot be shown.
        lesson: its slug; empty where a lab is shown by itself.
    """

    cards: Mapping[str, CardFile]
    pictures: Mapping[str, Path]
    faulty_pictures: Collection[str] = ()
    lesson: str = ""

    def card(self, name: str | None) -> CardFile:
        """Return the card of a model, the first one where none is named.

        Raises:
            MissingModel: it is not on this server.
        """
        wanted = next(iter(self.cards), "") if name is None else name
        if wanted not in self.cards:
            raise MissingModel(wanted, tuple(self.cards))
        return self.cards[wanted]


@dataclass(frozen=True)
class OptionFault:
    """One fault: what was wrong, and the option that it is about, where it is about one."""

    what: str
    option: str | None = None


class BadOptions(Exception):
    """Options that a lab cannot take.

    Args:
        faults: all of them.
        missing: that the model is not on this server, where that is so besides.
    """

    def __init__(self, faults: Sequence[OptionFault], missing: MissingModel | None = None) -> None:
        further = [] if missing is None else [OptionFault(str(missing), "model")]
        self.faults = (*faults, *further)
        super().__init__("; ".join(fault.what for fault in self.faults))


class MissingModel(Exception):
    """A lab names a model that is not on this server: a fault of the lesson, or of the installation.

    Args:
        model: its name; empty where no model at all is installed.
        known: the models that there are.
    """

    def __init__(self, model: str, known: Sequence[str]) -> None:
        what = f"there is no model {model[:80]!r}" if model else "no model is installed"
        super().__init__(f"{what}; there are {', '.join(known)}" if known else what)
        self.model = model


def only(options: Mapping[str, str], allowed: Sequence[str], kind: str) -> list[OptionFault]:
    """List the options that a kind of lab does not have."""
    listed = ", ".join(allowed) or "none"
    return [
        OptionFault(f"unknown option {name!r} of the lab {kind!r}; it takes {listed}", name)
        for name in options
        if name not in allowed
    ]
