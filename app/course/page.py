"""A lesson's text, rendered: stretches of HTML with labs and questions between them, and its contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from app.course.directives import Lab, QuestionHere, Writer
from app.course.markdown import Place, parser
from app.course.prediction import Prediction


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


@dataclass(frozen=True)
class Page:
    """A rendered text; `faults` are pairs of a line of the file and what is wrong there."""

    blocks: tuple[Block, ...]
    headings: tuple[Heading, ...]
    faults: tuple[tuple[int, str], ...]


def render_page(body: str, folder: Path, pictures: Mapping[str, str], first_line: int = 1) -> Page:
    """Render a lesson's text.

    Args:
        body: the Markdown below the head.
        folder: the lesson's, for the files that the text includes.
        pictures: addresses of its pictures by name.
        first_line: the line of the file at which `body` begins.
    """
    place = Place(pictures, first_line)
    writer = Writer(folder, pictures)
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
    return Page(tuple(blocks), tuple(_headings(tokens)), tuple(sorted(place.faults)))


def _headings(tokens: list[Token]) -> list[Heading]:
    return [
        Heading(int(token.tag[1]), str(token.attrGet("id")), _plain_text(following))
        for token, following in pairwise(tokens)
        if token.type == "heading_open" and token.tag in {"h2", "h3"}
    ]


def _plain_text(inline: Token) -> str:
    return "".join(token.content for token in inline.children or [])
