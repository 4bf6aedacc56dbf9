"""A lesson: its folder, its head, and its text as blocks of finished HTML, with labs and questions between.

A folder `NN-slug` holds `lesson.md` (a TOML head, then Markdown), `quiz.toml`, pictures and snippets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app import front_matter
from app.course.directives import Lab, QuestionHere
from app.course.page import Block, Heading, Prose, render_page
from app.course.problem import Problem
from app.course.question import Question
from app.course.toml_file import Lines
from app.validation import describe, first_causes

__all__ = ["Block", "Heading", "Lab", "Lesson", "Prose", "QuestionHere", "read_lesson"]

QUIZ_FILE = "quiz.toml"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FOLDER = re.compile(rf"(\d\d)-({SLUG.pattern})")
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError("must be words in small letters with hyphens between, as 'adding-noise'")
    return value


Slug = Annotated[str, AfterValidator(_slug)]

ReadQuiz = Callable[[Path, Path, Mapping[str, str]], tuple[tuple[Question, ...], list[Problem]]]
"""Reads `quiz.toml`, given the file, how problems name it, and the addresses of the lesson's pictures."""


class Head(BaseModel):
    """What stands between the `+++` lines.

    `concepts` are the terms that the text teaches; `prerequisites` the lessons it builds on, by their slugs
    (without them, those of `course.toml` hold).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words = Field(description="The lesson's title.")
    unit: Words = Field(description="The title of a unit of `course.toml`.")
    minutes: int = Field(ge=1, le=60, description="How long it takes, labs included.")
    summary: Words = Field(description="One or two sentences, for the home page and for search engines.")
    hook: Words = Field(description="The question that opens the lesson.")
    concepts: tuple[Words, ...] = Field(
        min_length=1, description="The terms that the text teaches; questions may ask for these."
    )
    prerequisites: tuple[Slug, ...] | None = Field(
        default=None,
        description="Slugs of the lessons that it builds on; without it, those that `course.toml` names.",
    )


@dataclass(frozen=True)
class Lesson:
    """A lesson, ready to be shown.

    Args:
        slug: the folder's name without its number.
        number: the folder's number; lessons stand in this order.
        folder: where its files lie.
        text: the Markdown below the head, as written.
        pictures: the file of each picture that pages may show, by its name in the folder.
        prerequisites: slugs of the lessons that this one builds on; None where its head says nothing.
    """

    slug: str
    number: int
    folder: Path
    title: str
    unit: str
    minutes: int
    summary: str
    hook: str
    concepts: tuple[str, ...]
    toc: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...]
    pictures: Mapping[str, Path]
    text: str
    prerequisites: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LessonFolder:
    """What could be read of a lesson's folder, and what is wrong with the rest.

    Args:
        problems: every fault.
        slug: by the folder's name; empty where that is faulty.
        number: likewise; then 0.
        lesson: None where the folder's name or the lesson's head is faulty.
        asked: the ids of its questions, whatever its head; None where there may be others that are faulty.
    """

    problems: tuple[Problem, ...]
    slug: str = ""
    number: int = 0
    lesson: Lesson | None = None
    asked: frozenset[str] | None = None


def read_lesson(folder: Path, root: Path, read_quiz: ReadQuiz) -> LessonFolder:
    """Read one lesson's folder.

    Args:
        folder: `NN-slug`.
        root: the folder of all lessons; problems name files from there.
        read_quiz: reads the questions.
    """
    shown = folder.relative_to(root)
    name = FOLDER.fullmatch(folder.name)
    if name is None:
        what = "a lesson's folder is named NN-slug, as 01-from-noise-to-picture"
        return LessonFolder((Problem(shown, what),))
    number, slug = int(name.group(1)), name.group(2)
    pictures = find_pictures(folder)
    addresses = {picture: picture_address(slug, picture, path) for picture, path in pictures.items()}
    questions, problems = read_quiz(folder / QUIZ_FILE, shown / QUIZ_FILE, addresses)
    asked = None if problems else frozenset(question.id for question in questions)
    head, body, first_line, faults = _read_head(folder / "lesson.md", shown / "lesson.md")
    if head is None:
        return LessonFolder((*faults, *problems), slug, number, None, asked)
    page = render_page(body, folder, addresses, first_line)
    faults += [Problem(shown / "lesson.md", what, line) for line, what in page.faults]
    if not problems:  # else the question may be there, unread
        faults += _unknown_questions(page.blocks, questions, shown / "lesson.md")
    lesson = Lesson(
        slug=slug,
        number=number,
        folder=folder,
        toc=page.headings,
        blocks=page.blocks,
        questions=questions,
        pictures=pictures,
        text=body,
        **{field: getattr(head, field) for field in Head.model_fields},
    )
    return LessonFolder((*faults, *problems), slug, number, lesson, asked)


def _unknown_questions(
    blocks: Sequence[Block], questions: Sequence[Question], shown: Path
) -> Iterator[Problem]:
    """Find places of the text that ask a question which the lesson does not have."""
    known = [question.id for question in questions]
    for block in blocks:
        if isinstance(block, QuestionHere) and block.question_id not in known:
            there_are = f"there are {', '.join(known)}" if known else "it has none"
            what = f"this lesson has no question {block.question_id!r}; {there_are}"
            yield Problem(shown, what, block.line)


def find_pictures(folder: Path) -> dict[str, Path]:
    """List a lesson's pictures by their name within its folder."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES and path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def picture_address(slug: str, name: str, path: Path) -> str:
    """Say where a page finds a picture; the mark of its content lets it be kept for ever."""
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/lessons/{slug}/files/{name}?v={mark}"


def line_in_head(lesson: Lesson, key: str) -> int | None:
    """Find the line of `lesson.md` at which a key of its head stands."""
    text = (lesson.folder / "lesson.md").read_text(encoding="utf-8")
    return _lines_of_head(text).find((key,))


def _lines_of_head(text: str) -> Lines:
    _, _, length = front_matter.split(text)
    return Lines("".join(text.splitlines(keepends=True)[:length]))


def _read_head(path: Path, shown: Path) -> tuple[Head | None, str, int, list[Problem]]:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        head, body, lines = front_matter.split(text)
        return Head.model_validate(head), body, lines + 1, []
    except OSError as error:
        return None, "", 1, [Problem(shown, f"cannot be read: {error.strerror}")]
    except ValidationError as error:
        places = _lines_of_head(text)
        faults = first_causes(error)
        return None, "", 1, [Problem(shown, f"head: {describe(f)}", places.find(f["loc"])) for f in faults]
    except ValueError as error:
        return None, "", 1, [Problem(shown, str(error), 1)]
