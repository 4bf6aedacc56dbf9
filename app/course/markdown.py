"""The Markdown of lessons and questions, made into HTML that is safe under a strict content policy.

CommonMark with tables, footnotes, formulas between dollars, attributes in braces, words marked as a quantity,
and colon fences.
Raw HTML is shown as text; links go to the web, to this site or into the page; nothing carries a style.
What the colon fences mean is `directives.py`'s affair.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.course.formulas import mathml
from app.course.quantities import QUANTITIES, mark, quantities_plugin
from app.course.sources import highlight

ATTRIBUTES = ("class", "id", "width", "height")
LINK = re.compile(r"(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
SITE = re.compile(r"https?://(?:www\.)?(\S+?)/?$")
LONGEST_PRINTED = 40
"""Letters of an address that is printed after a link."""

FILE = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*$")


@dataclass
class Place:
    """Where a piece of Markdown stands, and the faults found in it.

    Args:
        pictures: the address of each picture that may be shown, by its file name in the lesson.
        first_line: the line of the file at which the piece begins.
        faults: filled in while rendering: line of the file, and what is wrong there.
        owner: what the ids of headings and footnotes begin with, in a piece that shares its page with others.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    first_line: int = 1
    faults: list[tuple[int, str]] = field(default_factory=list)
    owner: str = ""

    def fault(self, token: Token, what: str) -> None:
        """Note a fault at a token."""
        self.faults.append((self.first_line + (token.map[0] if token.map else 0), what))


class Markdown(MarkdownIt):
    """A parser that refuses every link but those listed in `LINK` and the names of files."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the parent's name)
        """Say whether a link or picture may point there."""
        return bool(LINK.match(url) or FILE.match(url))


Fence = Callable[[Token, Place], str]


def parser(fence: Fence | None = None) -> Markdown:
    """Build the one parser; `fence` renders a colon fence (without it, a fence is a fault)."""
    md = Markdown("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "smartquotes"])
    colon_fence_plugin(md)
    dollarmath_plugin(md, allow_space=False, allow_digits=False, allow_labels=False, allow_blank_lines=False)
    attrs_plugin(md, allowed=ATTRIBUTES)
    attrs_block_plugin(md, allowed=ATTRIBUTES)
    anchors_plugin(md, min_level=2, max_level=3)
    footnote_plugin(md)
    quantities_plugin(md)
    md.core.ruler.push("course", _check)
    md.add_render_rule("fence", _code)
    md.add_render_rule("math_inline", _formula)
    md.add_render_rule("math_block", _formula)
    md.add_render_rule("colon_fence", _with(fence or _no_fence))
    return md


@functools.cache
def _plain_parser() -> Markdown:
    """Build the parser of pieces once: what belongs to a text stands in the environment of its rendering."""
    return parser()


def render_block(text: str, place: Place) -> str:
    """Render a piece that may hold paragraphs, code and pictures, but no directives."""
    env: dict[str, Any] = {"place": place}
    if place.owner:
        env["docId"] = place.owner  # the footnote plugin's name for it
    return str(_plain_parser().render(text, env))


def render_text(text: str, place: Place) -> str:
    """Render a piece as `render_block` does; a single paragraph loses its `<p>`."""
    html = render_block(text, place).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html.removeprefix("<p>").removesuffix("</p>")
    return html


def code_block(code: str, language: str = "python", first_line: int = 1, alt: str | None = None) -> str:
    """Set code as a block that can be reached, and scrolled, by keyboard.

    Args:
        code: the text.
        language: to highlight it in.
        first_line: the number of its first line.
        alt: what it shows, where the text is a drawing that cannot be read aloud.
    """
    lines = highlight(code, language, first_line)
    role = f' role="img" aria-label="{escape(alt)}"' if alt else ""
    block = f'<code class="language-{escape(language)}">{lines}</code>'
    return f'<pre class="code" tabindex="0"{role}>{block}</pre>\n'


def _check(state: StateCore) -> None:
    """Convert formulas and resolve pictures, noting what is wrong with the line at hand."""
    place: Place = state.env["place"]
    for block in state.tokens:
        if block.type == "table_open":
            block.attrSet("tabindex", "0")  # on a narrow screen it scrolls, by keyboard too
        if block.type == "heading_open" and block.attrGet("id") and place.owner:
            block.attrSet("id", f"{place.owner}-{block.attrGet('id')}")
        _note_addresses(block.children or [])
        for token in [block, *(block.children or [])]:
            if token.meta.get("insecure_attrs"):
                place.fault(block, f"attribute {sorted(token.meta['insecure_attrs'])} is not allowed")
            _check_quantity(token, block, place)
            if token.type in {"math_inline", "math_block"}:
                try:
                    formula = mathml(token.content.strip(), display=token.type == "math_block")
                except ValueError as error:
                    place.fault(block, str(error))
                    formula = ""
                token.meta["mathml"] = formula
            elif token.type == "image":
                _resolve_picture(token, block, place)
            elif token.type == "link_open" and not LINK.match(str(token.attrGet("href"))):
                what = "a link leads to https://…, mailto:…, /… or #…"
                place.fault(block, f"{what}; received {str(token.attrGet('href'))[:60]!r}")


def _check_quantity(token: Token, block: Token, place: Place) -> None:
    if token.type == "quantity_open" and token.meta["quantity"] not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        place.fault(block, f"unknown quantity {token.meta['quantity']!r}; there are {known}")
    elif token.type == "code_inline" and token.content in QUANTITIES:
        token.attrJoin("class", mark(token.content))


def _note_addresses(tokens: Sequence[Token]) -> None:
    """Note on links to other sites what is printed after them: a short address that the text does not say."""
    for index, token in enumerate(tokens):
        site = SITE.match(str(token.attrGet("href") or "")) if token.type == "link_open" else None
        if site is None:
            continue
        inside = itertools.takewhile(lambda other: other.type != "link_close", tokens[index + 1 :])
        text = "".join(other.content for other in inside)
        last_part = site[1].rpartition("/")[2]
        if len(site[1]) <= LONGEST_PRINTED and last_part not in text:
            token.attrSet("data-printed", site[1])


def _resolve_picture(token: Token, block: Token, place: Place) -> None:
    name = str(token.attrGet("src") or "")
    if name not in place.pictures:
        place.fault(block, f"there is no picture {name!r} in the lesson's folder")
    if not token.content.strip():
        place.fault(block, f"the picture {name!r} has no text for those who cannot see it: ![text]({name})")
    token.attrSet("src", place.pictures.get(name, ""))


def _formula(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    formula = str(token.meta["mathml"])
    if token.type == "math_inline":
        return formula
    return f'<div class="equation" tabindex="0" role="group" aria-label="equation">{formula}</div>\n'


def _code(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    try:
        return code_block(token.content, token.info.strip() or "text")
    except ValueError as error:
        env["place"].fault(token, str(error))
        return ""


def _with(fence: Fence) -> Callable[..., str]:
    def rule(
        renderer: object, tokens: Sequence[Token], index: int, options: object, env: MutableMapping[str, Any]
    ) -> str:
        return fence(tokens[index], env["place"])

    return rule


def _no_fence(token: Token, place: Place) -> str:
    place.fault(token, f"a directive (:::{token.info}) can stand only in a lesson's text")
    return ""
