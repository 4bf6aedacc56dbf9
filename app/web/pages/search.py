"""`GET /search?q=`: terms, signs and lessons in which words stand. A form and a page, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from app.course.catalogue import Catalogue
from app.course.glossary import Term
from app.course.sections import Section, sections_of
from app.course.tongue import ENGLISH, Tongue
from app.web.delivery.templating import render
from app.web.pages.glossary import Sign, all_signs
from app.web.pages.spellings import spelt_out, variants

MOST_LETTERS = 100
MOST_WORDS = 8
MOST_FOUND = 20
AROUND = 90
"""Letters of a section that are shown on either side of the first word found."""

IN_TITLE = 10
"""A word in a heading counts for so many in the text."""

WORD = re.compile(r"\w+")
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Found:
    """A section in which every word stands: its address, where it is, and a piece of it, words marked.

    `tongue` is the language of its lesson.
    """

    address: str
    place: str
    title: str
    excerpt: Markup
    tongue: Tongue = ENGLISH


@dataclass(frozen=True)
class Results:
    """What a query found.

    Attributes:
        terms: of the glossary.
        signs: of the formulas.
        found: the best sections of lessons, at most `MOST_FOUND`.
        sections: how many there are in all.
    """

    terms: tuple[Term, ...] = ()
    signs: tuple[Sign, ...] = ()
    found: tuple[Found, ...] = ()
    sections: int = 0

    @property
    def count(self) -> int:
        """Everything that was found, whether it is listed or not."""
        return len(self.terms) + len(self.signs) + self.sections


@dataclass(frozen=True)
class SearchContext:
    """`pages/search.html`.

    Attributes:
        query: as it was read.
        has_asked: tells an empty field from nothing found.
        results: what was found.
    """

    template: ClassVar[str] = "pages/search.html"
    query: str
    has_asked: bool
    results: Results


class Index:
    """The sections of all lessons, the terms of the glossary and the signs of formulas, to be searched.

    Args:
        catalogue: of the course.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._sections = [section for lesson in catalogue.lessons for section in sections_of(lesson)]
        self._glossary = catalogue.glossary
        self._signs = all_signs()

    def search(self, query: str) -> Results:
        """Find what has words that begin as those of a query do, however spelt; the best sections first."""
        wanted = [word.casefold() for word in WORD.findall(spelt_out(query))][:MOST_WORDS]
        if not wanted:
            return Results()
        starts = [_beginning(word) for word in wanted]
        scored = [(_score(section, starts), place) for place, section in enumerate(self._sections)]
        best = sorted((-score, place) for score, place in scored if score)
        return Results(
            terms=tuple(term for term in self._glossary if _holds(" ".join(term.forms), starts)),
            signs=tuple(sign for sign in self._signs if _holds(sign.names, starts)),
            found=tuple(_found(self._sections[place], starts) for _, place in best[:MOST_FOUND]),
            sections=len(best),
        )


class SearchPage:
    """The route's function.

    Args:
        templates: of the pages.
        index: that is searched.
    """

    def __init__(self, templates: Jinja2Templates, index: Index) -> None:
        self._templates = templates
        self._index = index

    async def __call__(self, request: Request) -> HTMLResponse:
        """Answer a query; more than `MOST_LETTERS` of it are not read."""
        query = " ".join(request.query_params.get("q", "")[:MOST_LETTERS].replace("\0", "").split())
        context = SearchContext(query, "q" in request.query_params, self._index.search(query))
        return HTMLResponse(render(self._templates, context))


def search_route(templates: Jinja2Templates, catalogue: Catalogue) -> Route:
    """Route the search over a course."""
    return Route("/search", SearchPage(templates, Index(catalogue)).__call__, methods=["GET", "HEAD"])


def _beginning(word: str) -> re.Pattern[str]:
    """Match words that begin so, in any spelling; an underscore divides words."""
    spellings = "|".join(map(re.escape, variants(word)))
    return re.compile(rf"(?<![^\W_])(?:{spellings})\w*", re.IGNORECASE)


def _holds(text: str, starts: Sequence[re.Pattern[str]]) -> bool:
    return all(start.search(text) for start in starts)


def _score(section: Section, starts: Sequence[re.Pattern[str]]) -> int:
    """Count the words in a section; 0 unless it has all of them."""
    if not _holds(f"{section.title} {section.text}", starts):
        return 0
    return sum(
        IN_TITLE * len(start.findall(section.title)) + len(start.findall(section.text)) for start in starts
    )


def _found(section: Section, starts: Sequence[re.Pattern[str]]) -> Found:
    lesson = section.lesson
    address = f"/lessons/{lesson.slug}" + (f"#{section.anchor}" if section.anchor else "")
    places = [found.start() for start in starts if (found := start.search(section.text))]
    middle = min(places, default=0)
    first = max(0, middle - AROUND)
    piece = section.text[first : middle + AROUND]
    if first:
        piece = f"… {piece.partition(' ')[2]}"
    if middle + AROUND < len(section.text):
        piece = f"{piece.rpartition(' ')[0]} …"
    place = f"Lesson {lesson.number}, {lesson.title}"
    return Found(address, place, section.title, Markup("").join(_marked(piece, starts)), lesson.tongue)


def _marked(piece: str, starts: Sequence[re.Pattern[str]]) -> Iterator[Markup]:
    """Mark the words in a piece of text, which is escaped."""
    any_of = re.compile("|".join(f"({start.pattern})" for start in starts), re.IGNORECASE)
    end = 0
    for found in any_of.finditer(piece):
        yield escape(piece[end : found.start()])
        yield Markup("<mark>{}</mark>").format(found[0])
        end = found.end()
    yield escape(piece[end:])
