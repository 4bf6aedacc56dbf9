"""The ids of questions, which learners' answers are kept under: `lessons/NN-slug/ids.toml`.

```toml
published = ["old-name", "new-name", "gone"]   # every id that learners have seen; the list only grows
[renamed]
old-name = "new-name"                          # answers to the old id count for the new one
[dropped]
gone = "why it is no longer asked"             # answers are kept, and count for nothing
```

A lesson without that file has published nothing yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.course.lesson import IDS_FILE, Lesson, Words
from app.course.problem import Problem
from app.course.question import QuestionId
from app.course.toml_file import Lines, read_toml
from app.validation import describe, first_causes

GONE = (
    "was published, and no question has this id now: name its successor under [renamed], or say under "
    "[dropped] why it has none"
)


class Ids(BaseModel):
    """What one lesson says of its ids."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    published: Annotated[tuple[QuestionId, ...], Field(strict=False)] = Field(
        description="Every id that learners have seen; the list only grows."
    )
    renamed: dict[QuestionId, QuestionId] = Field(
        default_factory=dict, description="Old id = new id: answers to the old one count for the new one."
    )
    dropped: dict[QuestionId, Words] = Field(
        default_factory=dict, description="Id = why it is no longer asked: its answers count for nothing."
    )


@dataclass(frozen=True)
class IdsFile:
    """One lesson's file, with its lines; `shown` is how problems name it."""

    ids: Ids
    lines: Lines
    shown: Path

    @property
    def retired(self) -> list[tuple[str, str]]:
        """Every id that is no longer asked, after the table it stands in."""
        renamed = [("renamed", old) for old in self.ids.renamed]
        return [*renamed, *(("dropped", old) for old in self.ids.dropped)]

    def of_published(self, question_id: str, what: str) -> Problem:
        """Make a problem of an id in the list of those published."""
        return Problem(self.shown, what, self.lines.find_text(f'"{question_id}"'), question_id)

    def of_retired(self, table: str, question_id: str, what: str) -> Problem:
        """Make a problem of an id in one of the two tables."""
        return Problem(self.shown, what, self.lines.find((table, question_id)), question_id)


@dataclass(frozen=True)
class RetiredIds:
    """Ids that questions had before, with those that followed them."""

    renamed: Mapping[str, str] = field(default_factory=dict)

    def current(self, question_id: str) -> str:
        """Follow an id to the one that is asked today; any other id is returned as it is."""
        while question_id in self.renamed:
            question_id = self.renamed[question_id]
        return question_id

    def former(self, question_ids: Collection[str]) -> dict[str, str]:
        """Find the ids that these questions had before, each with the question's id of today."""
        found = {old: self.current(old) for old in self.renamed}
        return {old: new for old, new in found.items() if new in question_ids}


def read_ids(folder: Path, root: Path) -> tuple[IdsFile | None, list[Problem]]:
    """Read what a lesson says of its ids, if it does.

    Args:
        folder: of the lesson.
        root: the folder of all lessons; problems name files from there.
    """
    path = folder / IDS_FILE
    shown = path.relative_to(root)
    if not path.exists() and not path.is_symlink():
        return None, []
    file, problems, _ = read_toml(path, root)
    if file is None:
        return None, problems
    try:
        return IdsFile(Ids.model_validate(dict(file.data)), file.lines, shown), []
    except ValidationError as error:
        return None, [
            Problem(shown, describe(fault, form=Ids), file.lines.find(fault["loc"]))
            for fault in first_causes(error)
        ]


def retired_ids(files: Sequence[IdsFile]) -> RetiredIds:
    """Put together what all lessons say; chains that end nowhere are left out (`id_problems` names them)."""
    renamed = {old: new for file in files for old, new in file.ids.renamed.items()}
    return RetiredIds({old: new for old, new in renamed.items() if not _loops(old, renamed)})


def id_problems(files: Sequence[IdsFile], asked: Collection[str], *, complete: bool) -> Iterator[Problem]:
    """Find what is wrong with the ids of a course.

    Args:
        files: of all lessons.
        asked: the ids of the course's questions.
        complete: every question and every file of ids could be read; otherwise no id is taken for lost.
    """
    renamed = {old: new for file in files for old, new in file.ids.renamed.items()}
    retired = [old for file in files for _, old in file.retired]
    published = {
        name for file in files for name in file.ids.published
    }  # those that are gone are told as such
    seen: set[str] = set()
    for file in files:
        for name in file.ids.published:
            if complete and name not in asked and name not in retired:
                yield file.of_published(name, GONE)
        for table, old in file.retired:
            if old in asked:
                what = f"stands under [{table}], and a question still has this id; give that question another"
                yield file.of_retired(table, old, what)
            if old in seen:
                yield file.of_retired(table, old, "is retired twice; say once what became of it")
            seen.add(old)
        for old, new in file.ids.renamed.items():
            if _loops(old, renamed):
                what = f"is renamed to {new!r}, and following the names from there never ends"
                yield file.of_retired("renamed", old, what)
            elif complete and new not in asked and new not in retired and new not in published:
                what = f"is renamed to {new!r}, and there is no such question in the course"
                yield file.of_retired("renamed", old, what)


def unpublished(lesson: Lesson, file: IdsFile) -> Iterator[Problem]:
    """List the questions that a lesson's file does not name yet."""
    for question in lesson.questions:
        if question.id not in file.ids.published:
            what = "is not listed under `published`; list it as soon as learners can see the question"
            yield Problem(file.shown, what, file.lines.find(("published",)), question.id)


def _loops(start: str, renamed: Mapping[str, str]) -> bool:
    """Say whether following an id never ends."""
    met = {start}
    current = start
    while current in renamed:
        current = renamed[current]
        if current in met:
            return True
        met.add(current)
    return False
