"""The questions that lessons ask in their text: each has to be one of the lesson's own, by its present id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.course.apart import QuestionHere
from app.course.head import LESSON_FILE
from app.course.ids import IdsFile
from app.course.lesson import LessonFolder
from app.course.problem import Problem


def unknown_questions(folders: Sequence[LessonFolder], files: Sequence[IdsFile]) -> Iterator[Problem]:
    """Find places of texts that ask a question which the lesson does not have.

    Args:
        folders: of all lessons.
        files: what they say of their ids.
    """
    renamed = {old: new for file in files for old, new in file.ids.renamed.items()}
    dropped = {old: why for file in files for old, why in file.ids.dropped.items()}
    elsewhere = {name: one.slug for one in folders for name in one.ids or ()}
    for one in folders:
        if one.lesson is None or one.ids is None:
            continue
        for block in one.lesson.blocks:
            if isinstance(block, QuestionHere) and block.question_id not in one.ids:
                asked = block.question_id
                there_are = f"there are {', '.join(one.ids)}" if one.ids else "it has none"
                why = _what_became_of_it(asked, renamed, dropped, elsewhere) or there_are
                what = f"this lesson has no question {asked[:80]!r}; {why}"
                yield Problem(Path(one.lesson.folder.name) / LESSON_FILE, what, block.line)


def _what_became_of_it(
    asked: str, renamed: Mapping[str, str], dropped: Mapping[str, str], elsewhere: Mapping[str, str]
) -> str | None:
    if asked in renamed:
        return f"it is called {renamed[asked]!r} now"
    if asked in dropped:
        return f"it was dropped: {dropped[asked]}"
    return f"the lesson {elsewhere[asked]!r} has it" if asked in elsewhere else None
