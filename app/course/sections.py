"""A lesson cut at its headings, as plain text: what a search looks through."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.course.lesson import Lesson

HEADING = re.compile(r'<h[23] id="([^"]+)"[^>]*>(.*?)</h[23]>', re.DOTALL)
NO_TEXT = re.compile(r"<(svg|pre|math)\b.*?</\1>", re.DOTALL)
APART = re.compile(r"</?(?:p|li|ul|ol|t[dhr]|d[tdl]|h\d|div|aside|figure|figcaption|blockquote)\b[^>]*>")
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Section:
    """A stretch of a lesson below one heading.

    Args:
        lesson: it is of.
        anchor: of the heading; empty above the first one.
        title: the heading's text.
        text: without markup and listings.
    """

    lesson: Lesson
    anchor: str
    title: str
    text: str


def sections_of(lesson: Lesson) -> Iterator[Section]:
    """Cut a lesson at its headings."""
    whole = "\n".join(
        getattr(block, "html", "") + " " + getattr(block, "caption_html", "") for block in lesson.blocks
    )
    first, *rest = HEADING.split(whole)
    opening = f"{lesson.hook} {lesson.summary} {_plain(first)}"
    yield Section(lesson, "", lesson.title, opening.strip())
    for anchor, title, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield Section(lesson, anchor, _plain(title), _plain(body))


def _plain(part: str) -> str:
    return " ".join(html.unescape(TAG.sub("", APART.sub(" ", NO_TEXT.sub("…", part)))).split())
