"""The three quantities of a step, marked alike in text, formulas, plates and code: a colour and a line each.

What the marks look like is said in static/components.css, under the same classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

QUANTITIES: Mapping[str, str] = {"x_t": "x_t", "x0_hat": r"\hat x_0", "eps_hat": r"\hat\varepsilon"}
"""Each by its name in code: how it is written in a formula."""

WORDS = re.compile(r"\[([^\[\]]+)\]\{(\w+)\}")
IN_CODE = re.compile(rf'<span class="n">({"|".join(QUANTITIES)})</span>')


def mark(name: str) -> str:
    """Return the class of what is marked as this quantity."""
    return f"of-{name}"


def mark_code(markup: str) -> str:
    """Mark the quantities in highlighted code, where they are names of their own."""
    return IN_CODE.sub(lambda found: f'<span class="n {mark(found[1])}">{found[1]}</span>', markup)


def quantities_plugin(md: MarkdownIt) -> None:
    """Let `[words]{x_t}` mark words; the name stands in the opening token's `meta`, known or not."""
    md.inline.ruler.before("link", "quantity", _words)


def _words(state: StateInline, silent: bool) -> bool:
    found = WORDS.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        end = state.posMax
        state.pos, state.posMax = found.start(1), found.end(1)
        opening = state.push("quantity_open", "span", 1)
        opening.meta = {"quantity": found[2]}
        opening.attrSet("class", mark(found[2]))
        state.md.inline.tokenize(state)
        state.push("quantity_close", "span", -1)
        state.posMax = end
    state.pos = found.end()
    return True
