"""The links of a course to itself: each has to lead to a page that there is, and to a place on it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote

from app.course.cited import CODE_PAGES
from app.course.lesson import Lesson
from app.course.place import Link
from app.course.problem import Problem

PAGES = ("/", "/labs", "/labs/*", "/glossary", "/search", "/privacy", "/licences")
"""The pages of this site that are none of a lesson's; `*` stands for a name."""

OF_A_LESSON = re.compile(r"/lessons/([^/]+)(?:/(practice|practice/summary|print|files/(.+)))?/?")


def link_problems(lessons: Sequence[Lesson], slugs: Collection[str]) -> Iterator[Problem]:
    """Find links of lessons and questions that lead nowhere.

    Args:
        lessons: that can be read.
        slugs: of all lessons, those among them that cannot be read.
    """
    by_slug = {lesson.slug: lesson for lesson in lessons}
    for lesson in lessons:
        for link in lesson.links:
            what = _what_is_wrong(link, lesson, by_slug, slugs)
            if what:
                yield Problem(link.path, f"the link {link.address[:80]!r} {what}", link.line, link.question)


def _what_is_wrong(
    link: Link, lesson: Lesson, by_slug: dict[str, Lesson], slugs: Collection[str]
) -> str | None:
    path, _, anchor = link.address.partition("#")
    path = unquote(path.partition("?")[0])
    anchor = unquote(anchor)
    if not path and link.question:
        return f"stands in a question, which is asked on several pages: write /lessons/{lesson.slug}#{anchor}"
    if not path:
        return _no_place(lesson, anchor)
    of_lesson = OF_A_LESSON.fullmatch(path)
    if path.startswith(CODE_PAGES):
        return "leads into the program: name the object in a list of :::{where}, which makes the link"
    if of_lesson is None:
        named = re.sub(r"^(/labs/)[^/]+$", r"\1*", path.rstrip("/") or "/")
        return None if named in PAGES else f"leads nowhere: this site has no page {path[:80]!r}"
    slug, part, file = of_lesson.groups()
    if slug not in by_slug and slug in slugs:  # it cannot be read, and that is told
        return None
    return _not_in_lesson(by_slug.get(slug), (slug, part, file), anchor, slugs)


def _not_in_lesson(
    other: Lesson | None,
    parts: tuple[str, str | None, str | None],
    anchor: str,
    slugs: Collection[str],
) -> str | None:
    slug, part, file = parts
    if other is None:
        there_are = ", ".join(slugs)
        return f"leads nowhere: there is no lesson {slug[:80]!r} that is written; there are {there_are}"
    if file and file not in {*other.pictures, *other.faulty_pictures, *other.programs}:
        return f"leads nowhere: that lesson has no picture or program {file[:80]!r}"
    return _no_place(other, anchor) if anchor and not part else None


def _no_place(lesson: Lesson, anchor: str) -> str | None:
    if anchor in lesson.ids or not lesson.all_ids_known:
        return None
    headings = ", ".join(f"#{heading.id}" for heading in lesson.toc) or "no headings"
    return f"leads nowhere: the lesson has no place {anchor[:80]!r}; it has {headings}"
