"""The pages of the program's modules that lessons lead to: `/code/` and the path of the file.

Only files that a lesson names have a page: they are read and coloured once, when the course is, and a request
reads nothing. The lines of each object that is named are marked, and the page leads back to the lessons.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.course.catalogue import Catalogue
from app.course.cited import CODE_PAGES, Cited
from app.course.lesson import Lesson
from app.course.sources import ROOT, highlighted_lines
from app.course.where import Citation
from app.web.delivery.templating import Context

NOT_SHOWN = (
    "No file of the program is shown at this address: lessons lead to those that are, under "
    "“Where this is in the code”."
)


@dataclass(frozen=True)
class Mention:
    """An object of the file, what a lesson says that it is, and where the lesson leads to it."""

    citation: Citation
    lesson: Lesson

    @property
    def cited(self) -> Cited:
        """The object."""
        return self.citation.cited

    @property
    def back(self) -> str:
        """The address of the place in the lesson."""
        return f"/lessons/{self.lesson.slug}#{self.citation.anchor}"


@dataclass(frozen=True)
class ModuleContext:
    """`pages/module.html`: a file of the program.

    Attributes:
        folders: from the package down, in which it lies.
        file: its name.
        summary: the first line of its description.
        mentions: in the order of the file.
        code_html: its lines, with those of the objects marked.
    """

    template: ClassVar[str] = "pages/module.html"
    folders: tuple[str, ...]
    file: str
    summary: str
    mentions: tuple[Mention, ...]
    code_html: str


def code_pages(catalogue: Catalogue) -> dict[str, Context]:
    """Make the contexts of these pages, by address: of the files that lessons lead to, and no others."""
    by_path: dict[str, list[Mention]] = {}
    for lesson in catalogue.lessons:
        for citation in lesson.citations:
            by_path.setdefault(citation.cited.path, []).append(Mention(citation, lesson))
    return {f"{CODE_PAGES}{path}": _context(path, mentions) for path, mentions in by_path.items()}


def _context(path: str, mentions: Sequence[Mention]) -> ModuleContext:
    text = (ROOT / path).read_text(encoding="utf-8")
    *folders, file = path.split("/")
    cited = {one.cited.name: one.cited for one in mentions if one.cited.name}
    return ModuleContext(
        folders=tuple(folders),
        file=file,
        summary=(ast.get_docstring(ast.parse(text)) or "").partition("\n")[0],
        mentions=tuple(sorted(mentions, key=lambda one: _place(one.cited))),
        code_html=with_marks(highlighted_lines(text), [*cited.values()]),
    )


def _place(cited: Cited) -> tuple[int, int]:
    """Order objects by where they begin, and the larger before what is in it."""
    return cited.lines[0], -cited.lines[1]


def with_marks(lines: Sequence[str], cited: Sequence[Cited]) -> str:
    """Join the lines of a file, and put those of each object into an element that its address leads to.

    Args:
        lines: of the whole file.
        cited: the objects, each once; one may be within another.
    """
    before, after = [""] * len(lines), [""] * len(lines)
    for one in sorted(cited, key=_place):
        first, last = one.lines
        before[first - 1] += f'<span class="cited" id="{one.anchor}">'
        after[last - 1] += "</span>"
    return "".join(part for of_line in zip(before, lines, after, strict=True) for part in of_line)
