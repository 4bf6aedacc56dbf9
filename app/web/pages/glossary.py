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


@dataclass(frozen=True)
class Sign:
    """A sign of the formulas: how it looks, its name in code, and what it means."""

    formula_html: str
    code: str
    meaning: str


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
    signs = tuple(Sign(mathml(one.latex, display=False), one.code, one.meaning) for one in SYMBOLS)
    return GlossaryContext(catalogue.glossary, lessons, signs)
