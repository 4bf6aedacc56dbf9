"""A lesson's text, rendered: stretches of HTML with labs and questions between them, and its contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from app.course.directives import Lab, QuestionHere, Writer
from app.course.fences import BEGINS_INSIDE, CLOSES_NOTHING, NEVER_CLOSED
from app.course.files import Files, list_files
from app.course.markdown import parser
from app.course.place import Found, Place
from app.course.prediction import Prediction
from app.course.text_checks import INDENTED_FENCE
from app.course.where import Citation


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents: `level` 2 or 3, the `id` to jump to, and plain text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Prose:
    """A stretch of text, as HTML."""

    html: str


Block = Prose | Lab | QuestionHere | Prediction

APART = re.compile(r"\{(lab|question|predict)\}")
OF_THE_PAGE = {"main", "practice", "practice-title"}
"""Ids that the page around a lesson's text has."""

MADE = re.compile(r"(lab|figure|in-code)-\d+|(question|prediction)-.*|fn(ref)?-?\d.*|main|practice(-title)?")
"""Ids that are made by this program; an author's own would take them away."""


@dataclass(frozen=True)
class Page:
    """A rendered text; `faults` are pairs of a line of the file and what is wrong there.

    `ids` are those that a link can lead to, `links` the addresses on this site and page that it has; where it
    `is_whole`, there are no other ids in what could not be read. `citations` lead to objects of this program.
    """

    blocks: tuple[Block, ...]
    headings: tuple[Heading, ...]
    faults: tuple[tuple[int, str], ...]
    ids: frozenset[str] = frozenset()
    links: tuple[Found, ...] = ()
    is_whole: bool = True
    citations: tuple[Citation, ...] = ()


def render_page(
    body: str,
    folder: Path,
    pictures: Mapping[str, str],
    first_line: int = 1,
    files: Files | None = None,
    told: Collection[str] = (),
) -> Page:
    """Render a lesson's text.

    Args:
        body: the Markdown below the head.
        folder: the lesson's, for the files that the text includes.
        pictures: addresses of its pictures by name.
        first_line: the line of the file at which `body` begins.
        files: what lies in the folder, where that has been listed.
        told: names of files that are faulty, of which it is told elsewhere.
    """
    place = Place(pictures, first_line)
    writer = Writer(files or list_files(folder), pictures, told)
    md = parser(writer.fence)
    env: MutableMapping[str, Any] = {"place": place}
    tokens = md.parse(body, env)
    blocks: list[Block] = []
    stretch: list[Token] = []

    readers: Mapping[str, Callable[[Token, Place], Lab | QuestionHere | Prediction | None]] = {
        "lab": writer.lab,
        "question": writer.question,
        "predict": writer.prediction,
    }

    def end_stretch() -> None:
        html = md.renderer.render(stretch, md.options, env)
        blocks.extend([Prose(html)] if html.strip() else [])
        stretch.clear()

    for token in tokens:
        apart = APART.match(token.info.strip()) if token.type == "colon_fence" and token.level == 0 else None
        if apart:
            end_stretch()
            block = readers[apart[1]](token, place)
            blocks.extend([block] if block else [])
        else:
            stretch.append(token)
    end_stretch()
    place.faults.extend(_faults_of_headings(tokens, place))
    place.faults.extend(_titles(tokens, place))
    place.faults.extend(_faults_of_ids(place.ids))
    ids = {found.text for found in place.ids} | set(_ids_of(blocks, writer))
    faults = tuple(_first_causes(sorted(dict.fromkeys(place.faults))))
    return Page(
        tuple(blocks),
        tuple(_headings(tokens)),
        faults,
        frozenset(ids),
        tuple(place.links),
        not place.left_out,
        tuple(writer.citations),
    )


def _first_causes(faults: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Leave out what only follows of fences: where one is closed twice, or not at all, lines close others."""
    shifted = opened = False
    for line, what in faults:
        closes_nothing = CLOSES_NOTHING in what
        if not (shifted and NEVER_CLOSED in what) and not (opened and closes_nothing):
            yield line, what
        shifted = shifted or closes_nothing
        opened = opened or BEGINS_INSIDE in what or INDENTED_FENCE in what


def _ids_of(blocks: Sequence[Block], writer: Writer) -> Iterator[str]:
    """List the ids of what is no Markdown."""
    yield from OF_THE_PAGE
    yield from (f"figure-{number}" for number in range(1, writer.figures + 1))
    yield from (f"in-code-{number}" for number in range(1, writer.lists_of_code + 1))
    for block in blocks:
        if isinstance(block, Lab):
            yield block.id
        elif isinstance(block, QuestionHere):
            yield f"question-{block.question_id}"
        elif isinstance(block, Prediction):
            yield f"prediction-{block.id}"


def _faults_of_ids(ids: Sequence[Found]) -> Iterator[tuple[int, str]]:
    """Find ids that stand on the page twice: a link would lead to the first of them alone."""
    seen: set[str] = set()
    for found in ids:
        if found.text in seen:
            yield found.line, f"another element has the id {found.text!r} too"
        elif MADE.fullmatch(found.text):
            yield found.line, f"the id {found.text!r} is one that the page makes by itself; take another"
        seen.add(found.text)


def _faults_of_headings(tokens: Sequence[Token], place: Place) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.tag not in {"h2", "h3"}:
            continue
        text = _plain_text(inline).strip()
        if not re.search(r"\w", str(opening.attrGet("id"))) or not text:
            what = "a heading needs a letter or a digit, of which its address and its entry above are made"
            yield place.line_of(opening), what
        elif text.casefold() in seen:
            what = f"another heading is called {text[:60]!r} too; give one other words"
            yield place.line_of(opening), what
        seen.add(text.casefold())


def _titles(tokens: Sequence[Token], place: Place) -> Iterator[tuple[int, str]]:
    for token in tokens:
        if token.type == "heading_open" and token.tag == "h1":
            yield (
                place.line_of(token),
                "the title of the page is that of the head; headings here begin with ##",
            )


def _headings(tokens: list[Token]) -> list[Heading]:
    return [
        Heading(int(token.tag[1]), str(token.attrGet("id")), _plain_text(following))
        for token, following in pairwise(tokens)
        if token.type == "heading_open" and token.tag in {"h2", "h3"}
    ]


def _plain_text(inline: Token) -> str:
    return "".join(token.content for token in inline.children or [])
