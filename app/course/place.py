"""Where a piece of Markdown stands in a lesson, and what is found in it: faults, links and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from markdown_it.token import Token


@dataclass(frozen=True)
class Found:
    """Something at a line of the file: an address that is linked, or an id."""

    line: int
    text: str


@dataclass(frozen=True)
class Link:
    """A link to this site or page: where it stands, and where it leads."""

    path: Path
    line: int
    question: str | None
    address: str


@dataclass
class Place:
    """Where a piece of Markdown stands, and the faults found in it.

    Args:
        pictures: the address of each picture that may be shown, by its file name in the lesson.
        first_line: the line of the file at which the piece begins.
        faults: filled in while rendering: line of the file, and what is wrong there.
        owner: what the ids of headings and footnotes begin with, in a piece that shares its page with others.
        links: addresses on this site and page, filled in while rendering.
        ids: of elements, likewise.
        left_out: lines of what could not be read, so that ids in it are not known.
        depth: how many fences the piece stands in.
        within: the innermost of them in words, as "the figure of line 12".
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    first_line: int = 1
    faults: list[tuple[int, str]] = field(default_factory=list)
    owner: str = ""
    links: list[Found] = field(default_factory=list)
    ids: list[Found] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    depth: int = 0
    within: str = ""

    def line_of(self, token: Token, offset: int = 0) -> int:
        """Return the line of the file at which a token stands, or so many lines below."""
        return self.first_line + (token.map[0] if token.map else 0) + offset

    def fault(self, token: Token, what: str, offset: int = 0) -> None:
        """Note a fault at a token, or so many lines below its beginning."""
        self.faults.append((self.line_of(token, offset), what))

    def leave_out(self, token: Token, what: str) -> None:
        """Note a fault at a token because of which something of the text is not read."""
        self.fault(token, what)
        self.left_out.append(self.line_of(token))

    def inside(self, first_line: int, within: str = "") -> Place:
        """Return the place of a piece within this one."""
        owner = f"{self.owner}-{first_line}" if self.owner else f"at-{first_line}"
        return replace(self, first_line=first_line, owner=owner, depth=self.depth + 1, within=within)
