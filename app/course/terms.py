"""Marks the first use of each term of the glossary in a lesson's text: a link to what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.course.glossary import Term

TAG = re.compile(r"(<[^>]+>)")
OPENING = re.compile(r"<([a-z0-9]+)\b")
CLOSING = re.compile(r"</([a-z0-9]+)")
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"}
LEFT_ALONE = frozenset(
    ["a", "button", "code", "figcaption", "h2", "h3", "h4", "label", "math", "pre", "strong", "svg", "table"]
)
"""Elements whose text is no running text, or is a link already, or defines the term just there."""


class TermMarker:
    """Marks the terms of one lesson, each once; its parts are handed over in the order of the page.

    Args:
        terms: of the glossary.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        self._by_form = {form.casefold(): term for term in terms for form in term.forms}
        self._marked: set[str] = set()
        forms = sorted(self._by_form, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, forms))})(?![\w-])", re.IGNORECASE)

    def mark(self, html: str) -> str:
        """Return a part of the text with links at the first uses of terms."""
        if not self._by_form:
            return html
        inside: list[str] = []
        pieces = []
        for piece in TAG.split(html):
            if piece.startswith("<"):
                _follow(piece, inside)
            elif "strong" in inside and piece.casefold() in self._by_form:
                self._marked.add(self._by_form[piece.casefold()].id)  # here it is introduced
            is_text = not piece.startswith("<") and LEFT_ALONE.isdisjoint(inside)
            pieces.append(self._pattern.sub(self._linked, piece) if is_text else piece)
        return "".join(pieces)

    def _linked(self, found: re.Match[str]) -> str:
        term = self._by_form[found[1].casefold()]
        if term.id in self._marked:
            return found[0]
        self._marked.add(term.id)
        return f'<a class="term" href="/glossary#{term.id}">{found[0]}</a>'


def _follow(tag: str, inside: list[str]) -> None:
    """Keep the list of the elements that a place is inside of."""
    closing, opening = CLOSING.match(tag), OPENING.match(tag)
    if closing and closing[1] in inside:
        while inside.pop() != closing[1]:
            pass
    elif opening and opening[1] not in VOID and not tag.endswith("/>"):
        inside.append(opening[1])
