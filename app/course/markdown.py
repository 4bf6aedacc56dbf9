"""The Markdown of lessons and questions, made into HTML that is safe under a strict content policy.

CommonMark with tables, footnotes, formulas between dollars, attributes in braces, words marked as a quantity,
and colon fences.
Raw HTML is shown as text; links go to the web, to this site or into the page; nothing carries a style.
What the colon fences mean is `directives.py`'s affair.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.course.place import Place
from app.course.quantities import quantities_plugin
from app.course.sources import highlight
from app.course.text_checks import check_blocks, check_texts
from app.course.token_checks import check_tokens

ATTRIBUTES = ("class", "id", "width", "height")


class Markdown(MarkdownIt):
    """A parser that makes a link of every address, so that a wrong one is told and not shown as text.

    `check_tokens` takes every address away that leads elsewhere than its `LINK` says.
    """

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the parent's name)
        """Take every address."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the parent's name)
        """Encode an address; one that cannot be is left as it is, to be refused."""
        try:
            return super().normalizeLink(url)
        except ValueError:
            return url


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
    md.core.ruler.before("inline", "course_blocks", check_blocks)
    md.core.ruler.after("inline", "course_texts", check_texts)
    md.core.ruler.push("course", check_tokens)
    md.add_render_rule("fence", _code)
    md.add_render_rule("code_inline", _code_word)
    md.add_render_rule("math_inline", _formula)
    md.add_render_rule("math_block", _formula)
    md.add_render_rule("colon_fence", _with(fence or _no_fence))
    return md


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
    block = f'<code class="language-{escape(language)}" translate="no">{lines}</code>'
    return f'<pre class="code" tabindex="0"{role}>{block}</pre>\n'


def _formula(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    formula = str(token.meta["mathml"])
    if token.type == "math_inline":
        return formula
    return f'<div class="equation" tabindex="0" role="group" aria-label="equation">{formula}</div>\n'


def _code_word(
    renderer: object, tokens: Sequence[Token], index: int, options: object, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    token.attrSet("translate", "no")
    return f"<code{RendererHTML.renderAttrs(token)}>{escape(token.content, quote=False)}</code>"


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
