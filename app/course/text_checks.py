"""What an author meant as Markdown and Markdown takes for plain text: noted, where readers would see it.

A comment, a tag, a dollar, a backtick or a bracket that opened nothing stands in the page as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from app.front_matter import lines_of

LONGEST_PARAGRAPH = 10_000
"""Letters: some texts take the square of their length to be read."""

MOST_HEADINGS = 200
LONGEST_FORMULA = 2_000
"""Letters: what is nested some ten thousand times would end the process that sets it."""

NO_TEXT = "\ufffc"
"""Stands for what is not plain text, so that nothing is found across it."""

TAGS = (
    "a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|"
    "iframe|img|ins|kbd|li|link|mark|meta|object|ol|p|picture|pre|q|s|script|section|small|span|strike|strong|"
    "style|sub|summary|sup|svg|table|tbody|td|th|thead|tr|u|ul|video"
)
SHOWN = (
    (re.compile(r"<!--"), "an HTML comment is shown to readers as text; delete it"),
    (
        re.compile(rf"</?(?:{TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE),
        "HTML is shown to readers as text: {}; write Markdown, or code between backticks",
    ),
    (
        re.compile(r"\[\^[^\]\s]+\]"),
        "the footnote {} has no definition here; write it below, as '[^1]: The note.'",
    ),
    (
        re.compile(r"\]\("),
        "a link or picture cannot be read and is shown as text; an address with spaces stands in < and >",
    ),
    (re.compile(r"\[[^\[\]]+\]\[[^\[\]]*\]"), "the link {} has no definition; write [text](address)"),
    (re.compile(r"`"), "a backtick is shown as text: code is closed by as many backticks as open it"),
    (
        re.compile(r"(?<![\d\\])\$(?!\d)|\$(?=[^$]*[\\^_={])"),
        r"a formula is never closed, or has a space inside its dollars: $x$; a plain dollar is written \$",
    ),
    (re.compile(r"\*\*(?=\w)|(?<=\w)\*\*"), r"bold text is never closed: **; plain stars are written \*\*"),
    (
        re.compile(r"\{(?:[.#][\w-]+|\w+=[^{}\s]+)[^{}]*\}"),
        "the attributes {} are shown as text: they stand right behind a picture, link or code",
    ),
)
FENCE_IN_CODE = re.compile(r"^\s*:{3,}\{\w+\}", re.MULTILINE)
INDENTED_FENCE = "is shown as code, since it is indented by four spaces or a tab"
CODE = re.compile(r"(`+).*?\1", re.DOTALL)
LATEX_BRACKETS = re.compile(r"(?<!\\)\\\(.*?\\\)|^[ \t]*\\\[.*?\\\][ \t]*$", re.DOTALL | re.MULTILINE)
LINE_BEGINS = (
    (
        re.compile(r":[\w-]+:(?=\s|$)"),
        "{} is shown as text: an option stands directly below the line that opens its fence",
    ),
    (re.compile(r":{1,2}(?=\{\w)|::?$"), "a fence has three colons or more; '{}' is shown as text"),
    (re.compile(r"#{2,6}(?=\w)"), "a heading has a space behind its {}; without it, it is shown as text"),
    (
        re.compile(r"\|[^|]+\|.*\|$"),
        "a table is shown as text: its second line is |---|---|, as wide as its first",
    ),
    (re.compile(r"[•●▪◦]\s"), "a list's lines begin with - or 1.; '{}' is shown as text"),
)


def check_blocks(state: StateCore) -> None:
    """Note code that is never closed, and leave out what is too long to be read."""
    place = state.env["place"]
    headings = [token for token in state.tokens if token.type == "heading_open"]
    for token in headings[MOST_HEADINGS:]:
        token.tag = "h6"  # to which no address is given
    if len(headings) > MOST_HEADINGS:
        place.leave_out(headings[MOST_HEADINGS], f"a text has at most {MOST_HEADINGS} headings")
    for token in state.tokens:
        if token.type == "code_block" and (found := FENCE_IN_CODE.search(token.content)):
            place.leave_out(token, f"{found[0].strip()} {INDENTED_FENCE}; begin its line at the margin")
        elif token.type == "inline" and (formula := LATEX_BRACKETS.search(CODE.sub("", token.content))):
            offset = token.content.count("\n", 0, token.content.find(formula[0]))
            place.fault(token, f"{formula[0][:40]} is no formula here; write it between dollars: $x$", offset)
        elif token.type == "fence":
            start, end = token.map or (0, 0)
            if end - start != len(lines_of(token.content)) + 2:
                place.leave_out(token, f"code is never closed by a line of {token.markup}")
        elif token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            what = f"a paragraph of {len(token.content):,} letters; at most {LONGEST_PARAGRAPH:,} are read"
            place.leave_out(token, what)
            token.content = ""
        elif token.type == "footnote_reference_open":
            _note_double(token, state)


def _note_double(token: Token, state: StateCore) -> None:
    seen: set[str] = state.env.setdefault("defined", set())
    if token.meta["label"] in seen:
        state.env["place"].fault(token, f"the footnote [^{token.meta['label']}] is defined twice")
    seen.add(token.meta["label"])


def check_texts(state: StateCore) -> None:
    """Note what is shown as it was typed, and footnotes that nothing refers to."""
    place = state.env["place"]
    for token in state.tokens:
        if token.type == "inline":
            for offset, what in _shown_as_typed(token):
                place.fault(token, what, offset)
        elif token.type == "footnote_reference_open":
            label = token.meta["label"]
            if state.env["footnotes"]["refs"].get(f":{label}", -1) < 0:
                place.fault(token, f"the footnote [^{label}] is defined, and nothing refers to it")


def plain_lines(inline: Token) -> Iterator[tuple[int, str]]:
    """Give the plain text of each line of a paragraph, with the line's place in it."""
    line, text = 0, ""
    for child in inline.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            yield line, text
            line, text = line + 1, ""
        else:
            text += child.content if child.type == "text" else NO_TEXT
    yield line, text


def _shown_as_typed(inline: Token) -> Iterator[tuple[int, str]]:
    """Find what opens nothing, by lines; of lines that begin as options do, the first."""
    begun = False
    for offset, text in plain_lines(inline):
        for pattern, what in SHOWN:
            if found := pattern.search(text):
                yield offset, what.replace("{}", repr(found[0]))
        for pattern, what in LINE_BEGINS:
            if not begun and (found := pattern.match(text)):
                begun = True
                yield offset, what.replace("{}", found[0])
