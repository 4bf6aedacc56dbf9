"""A lab as a page shows it: its template and context, and the scripts and styles that it needs there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from fastapi import APIRouter

from app.cards import CardFile
from app.course.directives import Lab
from app.labs.options import Resources
from app.labs.registry import LABS, LabsOfLesson, ReadLab, read_lab

MISSING = "labs/missing.html"
SHARED_STYLES = "kit/kit.css"


class View(Protocol):
    """The module `view` of a kind of lab."""

    TITLE: str
    SUMMARY: str
    EXAMPLE: Mapping[str, str]

    def view(self, lab: Lab, settings: object, resources: Resources) -> object:
        """Return the context of the kind's `view.html`."""


@dataclass(frozen=True)
class ShownLab:
    """One lab of a page.

    Args:
        template: what renders it; its context is `view`, under the name `lab`.
        view: a frozen dataclass.
        styles: the style sheets that it needs, as names of static files.
        scripts: the modules that it needs, likewise.
        is_first: no lab of its kind stands before it on the page, so that what they share comes with it.
    """

    template: str
    view: object
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    is_first: bool = True


@dataclass(frozen=True)
class MissingLab:
    """The context of `labs/missing.html`: the model of this lab is not on this server."""

    model: str


def shown(read: ReadLab, *, is_first: bool = True) -> ShownLab:
    """Make a lab ready for its page's template.

    Args:
        read: the lab.
        is_first: no lab of its kind stands before it on the page.
    """
    if read.missing is not None:
        return ShownLab(MISSING, MissingLab(read.missing.model))
    room = read.lab.kind.replace("-", "_")
    view = view_module(read.lab.kind)
    return ShownLab(
        f"labs/{room}/view.html",
        view.view(read.lab, read.settings, read.resources),
        (SHARED_STYLES, *(f"labs/{room}/{name}" for name in _files(view, "*.css"))),
        tuple(f"labs/{room}/{name}" for name in _files(view, "lab.js")),
        is_first,
    )


def view_module(kind: str) -> View:
    """Return what shows a kind of lab."""
    return cast(View, import_module(f"{LABS[kind]}.view"))


def example(kind: str, cards: Iterable[CardFile]) -> ReadLab:
    """Return a kind of lab as it is shown by itself, with the options of its `EXAMPLE`.

    Args:
        kind: its name.
        cards: of the models on this server.
    """
    view = view_module(kind)
    lab = Lab(kind, "lab-1", 1, f"<p>{view.SUMMARY}</p>", view.EXAMPLE)
    return read_lab(lab, Resources({file.card.name: file for file in cards}, {}))


def routers(labs: Mapping[str, LabsOfLesson]) -> Sequence[APIRouter]:
    """Make the routers of the labs that have addresses of their own.

    Args:
        labs: of each lesson, by its slug.
    """
    modules = [f"{package}.routes" for package in LABS.values() if find_spec(f"{package}.routes")]
    return tuple(import_module(module).router(labs) for module in modules)


def all_styles(labs: Iterable[ShownLab]) -> Sequence[str]:
    """List the style sheets of several labs, each once."""
    return tuple(dict.fromkeys(name for lab in labs for name in lab.styles))


def all_scripts(labs: Iterable[ShownLab]) -> Sequence[str]:
    """List the scripts of several labs, each once."""
    return tuple(dict.fromkeys(name for lab in labs for name in lab.scripts))


def _files(module: object, pattern: str) -> list[str]:
    """List files beside a module; `lab.css` comes first, so that further sheets build on it."""
    folder = Path(str(vars(module)["__file__"])).parent
    return sorted((path.name for path in folder.glob(pattern)), key=lambda name: (name != "lab.css", name))
