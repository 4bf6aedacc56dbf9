"""A lesson: its folder, its head, and its text as blocks of finished HTML, with labs and questions between.

A folder `NN-slug` holds `lesson.md` (a TOML head, then Markdown), `quiz.toml`, pictures and snippets.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from app.course.directives import Lab, QuestionHere
from app.course.files import OUTSIDE, Files, Unreadable, leads_outside, list_files, looks_like, read_bytes
from app.course.head import LESSON_FILE, SLUG, Head, ReadHead, Slug, Words, read_head
from app.course.page import Block, Heading, Page, Prose, render_page
from app.course.pictures import MOST_BYTES, is_picture, picture_size
from app.course.place import Link
from app.course.problem import Problem
from app.course.programs import is_program, program_faults
from app.course.question import Question
from app.course.tongue import Direction, Tongue, direction_of
from app.course.where import Citation

__all__ = [
    "Block",
    "Head",
    "Heading",
    "Lab",
    "Lesson",
    "Prose",
    "QuestionHere",
    "Slug",
    "Words",
    "read_lesson",
]

QUIZ_FILE = "quiz.toml"
IDS_FILE = "ids.toml"
FOLDER = re.compile(rf"(\d\d)-({SLUG.pattern})", re.ASCII)
READ_APART = {LESSON_FILE, QUIZ_FILE, IDS_FILE}
"""Files of which it is told where they are read."""


@dataclass(frozen=True)
class ReadQuestions:
    """What could be read of `quiz.toml`.

    Args:
        questions: that are sound.
        problems: what is wrong with the others.
        ids: of all of them, the faulty among them.
        all_ids_known: whether there can be no others.
        lines: at which each question begins, by its id.
        links: to this site, in their texts.
    """

    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    ids: tuple[str, ...] = ()
    all_ids_known: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


ReadQuiz = Callable[[Path, Path, Mapping[str, str]], ReadQuestions]
"""Reads `quiz.toml`, given the file, the folder of all lessons, and the addresses of the pictures."""


@dataclass(frozen=True)
class Lesson:
    """A lesson, ready to be shown.

    Args:
        slug: the folder's name without its number.
        number: the folder's number; lessons stand in this order.
        folder: where its files lie.
        text: the Markdown below the head, as written.
        pictures: the file of each picture that pages may show, by its name in the folder.
        programs: its programs and what they print, likewise; served where a text links to them.
        prerequisites: slugs of the lessons that this one builds on; None where its head says nothing.
        lang: the language of its texts and questions.
        dir: the direction of their script, where the head names one.
        head_lines: of the keys of its head.
        faulty_keys: those of them that are not what the author wrote, or stand in for what is missing.
        faulty_pictures: names of pictures that cannot be shown.
        question_lines: of `quiz.toml`, by the questions' ids.
        links: to this site and page, in its text and its questions.
        ids: of the elements of its page.
        all_ids_known: whether there can be no others, in what could not be read.
        citations: the objects of this program that its text leads to.
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
    goals: tuple[str, ...] = ()
    programs: Mapping[str, Path] = field(default_factory=dict)
    prerequisites: tuple[str, ...] | None = None
    lang: str = "en"
    dir: Direction | None = None
    head_lines: Mapping[str, int] = field(default_factory=dict)
    faulty_keys: frozenset[str] = frozenset()
    faulty_pictures: frozenset[str] = frozenset()
    question_lines: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    ids: frozenset[str] = frozenset()
    all_ids_known: bool = True
    citations: tuple[Citation, ...] = ()

    @property
    def tongue(self) -> Tongue:
        """The language of its texts and questions."""
        return Tongue(self.lang, self.dir or direction_of(self.lang))


@dataclass(frozen=True)
class LessonFolder:
    """What could be read of a lesson's folder, and what is wrong with the rest.

    Args:
        problems: every fault.
        slug: by the folder's name; empty where that is faulty.
        number: likewise; then 0.
        lesson: None where the folder's name is faulty, or the lesson has no text that can be read.
        asked: the ids of its questions, whatever its head; None where there may be others that are faulty.
        ids: of those questions of which anything could be read; None where nothing could.
    """

    problems: tuple[Problem, ...]
    slug: str = ""
    number: int = 0
    lesson: Lesson | None = None
    asked: frozenset[str] | None = None
    ids: tuple[str, ...] | None = None


def read_lesson(folder: Path, root: Path, read_quiz: ReadQuiz) -> LessonFolder:
    """Read one lesson's folder.

    Args:
        folder: `NN-slug`.
        root: the folder of all lessons; problems name files from there.
        read_quiz: reads the questions.
    """
    shown = folder.relative_to(root)
    if leads_outside(folder, root):
        return LessonFolder((Problem(shown, OUTSIDE),))
    name = FOLDER.fullmatch(folder.name)
    if name is None:
        return LessonFolder((Problem(shown, _other_name(folder.name)),))
    number, slug = int(name.group(1)), name.group(2)
    files = list_files(folder)
    faults = _faults_of_files(files)
    pictures = {one: path for one, path in files.paths.items() if is_picture(one) and one not in faults}
    addresses = {one: "" for one in faults if is_picture(one)}
    addresses |= {one: picture_address(slug, one, path) for one, path in pictures.items()}
    quiz = read_quiz(folder / QUIZ_FILE, root, addresses)
    problems = [Problem(shown / one, what, line) for one, (what, line) in faults.items()]
    asked = frozenset(quiz.ids) if quiz.all_ids_known else None
    ids = quiz.ids if quiz.ids or quiz.all_ids_known else None
    head = read_head(folder / LESSON_FILE, shown / LESSON_FILE)
    problems += [*head.problems]
    if head.body is None:
        return LessonFolder((*problems, *quiz.problems), slug, number, None, asked, ids)
    page = render_page(head.body, folder, addresses, head.first_line, files, faults)
    problems += [Problem(shown / LESSON_FILE, what, line) for line, what in page.faults]
    programs = {one: path for one, path in files.paths.items() if is_program(one) and one not in faults}
    faulty = frozenset(addresses) - frozenset(pictures)
    lesson = replace(_lesson(folder, head, page, quiz, pictures, faulty), programs=programs)
    return LessonFolder((*problems, *quiz.problems), slug, number, lesson, asked, ids)


def _other_name(name: str) -> str:
    """Say how a lesson's folder is named, and how this one could be."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    number = words[0].zfill(2) if words and re.fullmatch(r"\d{1,2}", words[0]) else ""
    what = "a lesson's folder is named NN-slug, in small letters, digits and hyphens"
    if number and words[1:]:
        return f"{what}; rename it to '{number}-{'-'.join(words[1:])}'"
    return f"{what}, as 01-from-noise-to-picture; the name of any other folder begins with _"


def _lesson(
    folder: Path,
    head: ReadHead,
    page: Page,
    quiz: ReadQuestions,
    pictures: Mapping[str, Path],
    faulty_pictures: frozenset[str],
) -> Lesson:
    number, _, slug = folder.name.partition("-")
    here = Path(folder.name) / LESSON_FILE
    return Lesson(
        slug=slug,
        number=int(number),
        folder=folder,
        toc=page.headings,
        blocks=page.blocks,
        questions=quiz.questions,
        pictures=pictures,
        text=head.body or "",
        head_lines=head.lines,
        faulty_keys=head.faulty,
        faulty_pictures=faulty_pictures,
        question_lines=quiz.lines,
        links=(*(Link(here, found.line, None, found.text) for found in page.links), *quiz.links),
        ids=page.ids,
        all_ids_known=page.is_whole,
        citations=page.citations,
        **head.values,
    )


def _faults_of_files(files: Files) -> dict[str, tuple[str, int | None]]:
    """Find files that cannot be read or shown, by name: what is wrong, and at which line."""
    faults: dict[str, tuple[str, int | None]] = {
        name: (what, None) for name, what in files.refused.items() if name not in READ_APART
    }
    faults |= {name: (what, line) for name, what, line in program_faults(files)}
    for name, path in files.paths.items():
        if is_picture(name):
            try:
                picture_size(path)
            except Unreadable as fault:
                faults[name] = (fault.what, None)
        elif IDS_FILE not in files.paths and looks_like(name, IDS_FILE):
            faults[name] = (f"is not read; rename it to {IDS_FILE!r}", None)
    return faults


def picture_address(slug: str, name: str, path: Path) -> str:
    """Say where a page finds a picture; the mark of its content lets it be kept for ever."""
    mark = hashlib.sha256(read_bytes(path, path.parent, MOST_BYTES)).hexdigest()[:12]
    return f"/lessons/{slug}/files/{quote(name)}?v={mark}"
