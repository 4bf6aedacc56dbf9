"""Pieces of Markdown that stand by themselves, made into HTML: texts of questions, captions, choices."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from app.course.markdown import Markdown, parser
from app.course.place import Place

BLOCKS = {
    "blockquote_open": "a quotation",
    "bullet_list_open": "a list",
    "ordered_list_open": "a numbered list",
    "heading_open": "a heading",
    "hr": "a rule",
    "fence": "a block of code",
    "code_block": "a block of code",
    "table_open": "a table",
    "math_block": "a formula on lines of its own",
    "colon_fence": "a directive",
    "footnote_block_open": "a footnote",
}
UNMEANT = ("blockquote_open", "bullet_list_open", "ordered_list_open", "heading_open", "hr")


@functools.cache
def _plain_parser() -> Markdown:
    """Build the parser of pieces once: what belongs to a text stands in the environment of its rendering."""
    return parser()


def render_block(text: str, place: Place) -> str:
    """Render a piece that may hold paragraphs, code and pictures, but no directives."""
    return render_with(_plain_parser(), text, place)


def render_with(md: Markdown, text: str, place: Place) -> str:
    """Render a piece with a parser of one's own."""
    env = _environment(place)
    return str(md.renderer.render(md.parse(text, env), md.options, env))


def render_text(text: str, place: Place) -> str:
    """Render a piece as `render_block` does; a single paragraph loses its `<p>`."""
    html = render_block(text, place).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html.removeprefix("<p>").removesuffix("</p>")
    return html


def render_inline(text: str, place: Place) -> str:
    """Render one paragraph without its `<p>`; anything else in the piece is a fault."""
    md, env = _plain_parser(), _environment(place)
    tokens = md.parse(text, env)
    made = [token.type for token in tokens]
    if made == ["paragraph_open", "inline", "paragraph_close"]:
        return str(md.renderer.render(tokens[1:2], md.options, env))
    place.faults.append((place.first_line, not_inline(text, tokens)))
    return ""


def not_inline(text: str, tokens: Sequence[Token]) -> str:
    """Say what else than a paragraph a piece is, and how to write its beginning as text."""
    blocks = [BLOCKS[token.type] for token in tokens if token.type in BLOCKS]
    if not blocks:
        return "must be one paragraph"
    first = text.lstrip()[:20].split("\n")[0]
    written = re.sub(r"^(\d+)([.)])", r"\1\\\2", first) if first[:1].isdigit() else f"\\{first}"
    return f"is taken for {blocks[0]}; if it is plain text, write '{written}', in single quotes in TOML"


def one_line_block(text: str) -> str | None:
    """Say that a piece of a single line is taken for a list, a heading or the like, which nobody means."""
    if "\n" in text.strip():
        return None
    tokens = _plain_parser().parse(text, _environment(Place()))
    return not_inline(text, tokens) if tokens and tokens[0].type in UNMEANT else None


def _environment(place: Place) -> dict[str, Any]:
    env: dict[str, Any] = {"place": place}
    if place.owner:
        env["docId"] = place.owner  # the footnote plugin's name for it
    return env
