"""How long a lesson takes without its questions: its words at a reader's pace, and its plates."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from pathlib import Path

from app.course.directives import Lab
from app.course.head import LESSON_FILE
from app.course.lesson import Lesson
from app.course.page import Prose
from app.course.problem import Problem

WORDS_A_MINUTE = 200
"""A slow reader's pace for text with new ideas in it; for plain non-fiction 238 is usual (Brysbaert 2019)."""

PLATE_MINUTES = 2
TOLERANCE = 1.2
"""By how much a lesson may take longer than it says."""

NOT_READ = re.compile(r"<(pre|math|svg|table)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def words_in(html: str) -> int:
    """Count the words of a piece of a page, without its code, formulas and tables."""
    return len(unescape(TAG.sub(" ", NOT_READ.sub(" ", html))).split())


def needed_minutes(lesson: Lesson) -> int:
    """Return the whole minutes that a lesson takes."""
    plates = [block for block in lesson.blocks if isinstance(block, Lab)]
    prose = [block.html for block in lesson.blocks if isinstance(block, Prose)]
    words = sum(map(words_in, [*prose, *(plate.caption_html for plate in plates)]))
    return math.ceil(words / WORDS_A_MINUTE + PLATE_MINUTES * len(plates))


def time_problems(lessons: Iterable[Lesson], faulty: Collection[Path] = ()) -> Iterator[Problem]:
    """Name each lesson that takes longer than its head promises, but for those whose file is faulty."""
    for lesson in lessons:
        path = Path(lesson.folder.name) / LESSON_FILE
        if path in faulty:
            continue
        needed = needed_minutes(lesson)
        if needed > TOLERANCE * lesson.minutes:
            what = (
                f"minutes = {lesson.minutes}, but it takes about {needed}: {WORDS_A_MINUTE} words a minute, "
                f"and {PLATE_MINUTES} minutes a plate"
            )
            yield Problem(path, what, lesson.head_lines.get("minutes"))
