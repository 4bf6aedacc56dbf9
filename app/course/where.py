"""The fence `:::{where}`: where in this program is what a section explains, an object a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.course.cited import Cited, find_cited
from app.course.fences import Directive
from app.front_matter import lines_of

LINE = re.compile(r"([^\s:]+):\s+(\S.*)")
HOW_LINES_ARE_WRITTEN = "'app.diffusion.schedules.Cosine: the cosine schedule'"

Words = Callable[[str, int], str]
"""Makes HTML of a line of Markdown, given the line of the file at which it stands."""


@dataclass(frozen=True)
class Citation:
    """A line of a lesson that leads to an object of this program.

    Args:
        cited: the object.
        words_html: what the lesson says that it is.
        anchor: of the list on the lesson's page.
        line: of the file.
    """

    cited: Cited
    words_html: str
    anchor: str
    line: int


def read_where(
    directive: Directive, anchor: str, words: Words, seen: Mapping[str, int]
) -> tuple[list[Citation], list[tuple[int, str]]]:
    """Read the lines of a fence.

    Args:
        directive: taken apart.
        anchor: of the list on the lesson's page.
        words: renders what is said of an object.
        seen: the lines of the file at which this lesson names objects already.

    Returns:
        What could be read, and each fault with its line of the file.
    """
    numbered = enumerate(lines_of(directive.body), directive.first_line)
    lines = [(number, line.strip()) for number, line in numbered if line.strip()]
    if directive.argument:
        what = f"nothing stands behind the name of this fence; received {directive.argument[:40]!r}"
        return [], [(directive.line, what)]
    if not lines:
        what = f"this list leads nowhere: it needs a line such as {HOW_LINES_ARE_WRITTEN}"
        return [], [(directive.line, what)]
    found: list[Citation] = []
    faults: list[tuple[int, str]] = []
    named = dict(seen)
    for number, line in lines:
        try:
            cited, text = _read_line(line, named)
            named[cited.dotted] = number
            found.append(Citation(cited, _checked(words(text, number)), anchor, number))
        except ValueError as error:
            faults.append((number, str(error)))
    return found, faults


def _read_line(line: str, named: Mapping[str, int]) -> tuple[Cited, str]:
    """Read which object a line names, and what it says of it.

    Raises:
        ValueError: it names none, or one that is named already.
    """
    parts = LINE.fullmatch(line)
    if parts is None:
        raise ValueError(f"a line is written {HOW_LINES_ARE_WRITTEN}; received {line[:80]!r}")
    if parts[1] in named:
        raise ValueError(f"{parts[1]} is named in line {named[parts[1]]} already; name it once in a lesson")
    return find_cited(parts[1]), parts[2]


def _checked(html: str) -> str:
    """Return words that may become a link.

    Raises:
        ValueError: there is a link or a picture in them.
    """
    for tag, what in (("<a ", "a link"), ("<img ", "a picture")):
        if tag in html:
            raise ValueError(f"these words become a link, and hold {what}; leave it out")
    return html


def where_html(citations: Sequence[Citation], anchor: str) -> str:
    """Set the list: what each object is, as a link to its code, and its name, which is printed too."""
    items = "".join(
        f'<li><a href="{escape(one.cited.address)}">{one.words_html}</a> '
        f'<code translate="no">{one.cited.dotted.replace(".", ".<wbr>")}</code></li>\n'
        for one in citations
    )
    return (
        f'<div class="in-code" id="{anchor}">\n<p>Where this is in the code</p>\n<ul>\n{items}</ul>\n</div>\n'
    )
