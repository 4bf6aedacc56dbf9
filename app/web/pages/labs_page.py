"""The pages of the labs: a list of all, and each kind by itself with settings of its own choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.cards import CardFile
from app.labs.registry import LABS
from app.labs.shown import ShownLab, example, shown, view_module
from app.web.delivery.templating import Context


@dataclass(frozen=True)
class LabEntry:
    """A kind of lab in the list."""

    name: str
    title: str
    summary: str

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"/labs/{self.name}"


@dataclass(frozen=True)
class LabsContext:
    """`pages/labs.html`: every kind of lab."""

    template: ClassVar[str] = "pages/labs.html"
    entries: Sequence[LabEntry]


@dataclass(frozen=True)
class LabContext:
    """`pages/lab.html`: one kind of lab by itself."""

    template: ClassVar[str] = "pages/lab.html"
    entry: LabEntry
    lab: ShownLab


def labs_pages(cards: Sequence[CardFile]) -> dict[str, Context]:
    """Make the contexts of these pages, by address."""
    entries = tuple(_entry(name) for name in LABS)
    pages: dict[str, Context] = {"/labs": LabsContext(entries)}
    for entry in entries:
        pages[entry.address] = LabContext(entry, shown(example(entry.name, cards)))
    return pages


def _entry(name: str) -> LabEntry:
    view = view_module(name)
    return LabEntry(name, view.TITLE, view.SUMMARY)
