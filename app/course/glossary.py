"""The glossary of a course, `lessons/glossary.toml`: its terms in a sentence or two each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.course.head import Slug, Words
from app.course.pieces import render_inline
from app.course.place import Place
from app.course.problem import Problem
from app.course.toml_file import read_toml
from app.validation import describe, first_causes

GLOSSARY_FILE = "glossary.toml"


class TermEntry(BaseModel):
    """A term, `[[term]]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Words = Field(description="The term, as it is written in the middle of a sentence.")
    also: Annotated[tuple[Words, ...], Field(strict=False)] = Field(
        default=(), description="Other forms under which texts use it, such as its plural."
    )
    meaning: Words = Field(description="What it means, in a sentence or two of inline Markdown.")
    lesson: Slug = Field(description="Slug of the lesson that teaches it.")


class GlossaryFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    terms: Annotated[tuple[TermEntry, ...], Field(strict=False)] = Field(default=(), alias="term")


@dataclass(frozen=True)
class Term:
    """A term, ready to be shown.

    Args:
        id: of its place on the glossary's page.
        name: as it is written in a sentence.
        forms: under which texts use it, the name first.
        meaning_html: what it means.
        lesson: slug of the lesson that teaches it.
    """

    id: str
    name: str
    forms: tuple[str, ...]
    meaning_html: str
    lesson: str


def read_glossary(folder: Path, slugs: Sequence[str]) -> tuple[tuple[Term, ...], list[Problem]]:
    """Read the glossary of a course; without the file there are no terms.

    Args:
        folder: of the lessons.
        slugs: of the lessons that are written.

    Returns:
        The terms in the order of their names, and every fault.
    """
    path, shown = folder / GLOSSARY_FILE, Path(GLOSSARY_FILE)
    if not path.exists() and not path.is_symlink():
        return (), []
    file, problems, _ = read_toml(path, folder)
    if file is None:
        return (), problems
    try:
        entries = GlossaryFile.model_validate(dict(file.data)).terms
    except ValidationError as error:
        return (), [
            Problem(shown, describe(one, 2, GlossaryFile), file.lines.find(one["loc"]))
            for one in first_causes(error)
        ]
    terms: list[Term] = []
    seen: dict[str, str] = {}
    for index, entry in enumerate(entries):
        term, faults = _term(entry, slugs, seen)
        terms.append(term)
        seen |= dict.fromkeys((form.casefold() for form in term.forms), term.name)
        problems += [
            Problem(shown, f"{key}: {what}", file.lines.find(("term", index, key))) for key, what in faults
        ]
    return tuple(sorted(terms, key=lambda term: term.name.casefold())), problems


def _term(
    entry: TermEntry, slugs: Sequence[str], seen: Mapping[str, str]
) -> tuple[Term, list[tuple[str, str]]]:
    """Make a term, and list its faults by their keys; `seen` are the forms of those before."""
    place = Place()
    html = render_inline(entry.meaning, place)
    faults = [("meaning", what) for _, what in place.faults]
    if place.links:
        faults.append(("meaning", "links stand in lessons alone; name the lesson under 'lesson'"))
    if entry.lesson not in slugs:
        there_are = ", ".join(slugs)
        faults.append(("lesson", f"no lesson {entry.lesson!r} is written; there are {there_are}"))
    forms = (entry.name, *entry.also)
    taken = dict(seen)
    for form in forms:
        if form.casefold() in taken:
            faults.append(("name", f"the term {taken[form.casefold()]!r} has the form {form!r} too"))
        taken[form.casefold()] = entry.name
    if term_id(entry.name) in {term_id(name) for name in seen.values()} and not faults:
        faults.append(("name", f"another term has the place #{term_id(entry.name)} too; name it otherwise"))
    return Term(term_id(entry.name), entry.name, forms, html, entry.lesson), faults


def term_id(name: str) -> str:
    """Name the place of a term."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "term"
