"""`/glossary`: every term of the course, and every sign of its formulas, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.course.catalogue import Catalogue
from app.course.formulas import mathml
from app.course.glossary import Term
from app.course.lesson import Lesson
from app.diffusion.notation import SYMBOLS
from app.web.pages.spellings import names_of_sign


@dataclass(frozen=True)
class Sign:
    """A sign of the formulas.

    Attributes:
        formula_html: how it looks.
        code: its name in code.
        meaning: what it means.
        names: under which it is searched.
    """

    formula_html: str
    code: str
    meaning: str
    names: str

    @property
    def id(self) -> str:
        """Of its place on the glossary's page."""
        return f"sign-{self.code}"


@dataclass(frozen=True)
class GlossaryContext:
    """`pages/glossary.html`.

    Attributes:
        terms: in the order of their names.
        lessons: by their slugs.
        signs: of formulas.
    """

    template: ClassVar[str] = "pages/glossary.html"
    terms: tuple[Term, ...]
    lessons: Mapping[str, Lesson]
    signs: tuple[Sign, ...]


def glossary_context(catalogue: Catalogue) -> GlossaryContext:
    """Put the glossary of a course together."""
    lessons = {lesson.slug: lesson for lesson in catalogue.lessons}
    return GlossaryContext(catalogue.glossary, lessons, all_signs())


def all_signs() -> tuple[Sign, ...]:
    """List the signs of the formulas."""
    return tuple(
        Sign(mathml(one.latex, display=False), one.code, one.meaning, names_of_sign(one.code, one.latex))
        for one in SYMBOLS
    )
