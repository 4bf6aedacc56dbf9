"""All lessons and questions of a course, read once; what is faulty is reported all together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.course.asking import unknown_questions
from app.course.files import is_left_behind, leads_outside
from app.course.glossary import Term, read_glossary
from app.course.head import LESSON_FILE
from app.course.ids import IdsFile, RetiredIds, id_problems, read_ids, retired_ids
from app.course.lesson import FOLDER, QUIZ_FILE, Lesson, LessonFolder, ReadQuiz, read_lesson
from app.course.links import link_problems
from app.course.outline import (
    OUTLINE_FILE,
    Outline,
    PlannedLesson,
    outline_of,
    place_problems,
    read_outline,
)
from app.course.problem import Problem
from app.course.question import Question
from app.errors import NotFound


@dataclass(frozen=True)
class Catalogue:
    """The lessons in order.

    Args:
        lessons: that can be read.
        outline: the course's units, with the lessons that are planned.
        retired: ids that questions had before.
        glossary: its terms.
    """

    lessons: tuple[Lesson, ...]
    outline: Outline = field(default_factory=lambda: outline_of(()))
    retired: RetiredIds = field(default_factory=RetiredIds)
    glossary: tuple[Term, ...] = ()

    def lesson(self, slug: str) -> Lesson:
        """Find a lesson by the name in its address.

        Raises:
            NotFound: there is none.
        """
        for lesson in self.lessons:
            if lesson.slug == slug:
                return lesson
        raise NotFound(f"there is no lesson {slug[:80]!r}")

    def question(self, question_id: str) -> Question:
        """Find a question by its id, or by one that it had before.

        Raises:
            NotFound: there is none.
        """
        return self.find(question_id)[1]

    def find(self, question_id: str) -> tuple[Lesson, Question]:
        """Find a question by its id, or by one that it had before, with the lesson that it belongs to.

        Raises:
            NotFound: there is none.
        """
        current = self.retired.current(question_id)
        for lesson in self.lessons:
            for question in lesson.questions:
                if question.id == current:
                    return lesson, question
        raise NotFound(f"there is no question {question_id[:80]!r}")

    def beside(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """Return the written lessons before and after one."""
        place = self.lessons.index(lesson)
        after = self.lessons[place + 1 : place + 2]
        return (self.lessons[place - 1] if place else None), (after[0] if after else None)

    def coming_after(self, lesson: Lesson) -> PlannedLesson | None:
        """Return the lesson that comes next on the course's map, where that is still to be written."""
        written = {one.number for one in self.lessons}
        later = [entry for entry in self.outline.planned if entry.number > lesson.number]
        following = min(later, key=lambda entry: entry.number, default=None)
        if following is None or any(lesson.number < number <= following.number for number in written):
            return None
        return following

    def unit_number(self, lesson: Lesson) -> int:
        """Return the number of a lesson's unit."""
        return next(unit.number for unit in self.outline.units if unit.title == lesson.unit)

    def prerequisites(self, lesson: Lesson) -> tuple[str, ...]:
        """Name the lessons that one builds on: by its own head, or else by the course's outline."""
        if lesson.prerequisites is not None:
            return lesson.prerequisites
        planned = (entry for entry in self.outline.planned if entry.slug == lesson.slug)
        return next((entry.prerequisites for entry in planned), ())


def read_lessons(folder: Path, read_quiz: ReadQuiz) -> tuple[Catalogue, list[Problem]]:
    """Read what can be read of a course, and list what is wrong with the rest.

    Args:
        folder: of the lessons.
        read_quiz: reads the questions of one lesson; `app.questions.catalogue` has it.
    """
    if not folder.is_dir():
        return Catalogue(()), [Problem(Path(folder.name), "there is no such folder of lessons")]
    outline, problems = read_outline(folder, _numbers(folder))
    paths = sorted(path for path in folder.iterdir() if _is_of_a_lesson(path))
    folders = [read_lesson(path, folder, read_quiz) for path in paths]
    files = [(None, []) if leads_outside(path, folder) else read_ids(path, folder) for path in paths]
    for one, (_, faults) in zip(folders, files, strict=True):
        problems += [*one.problems, *faults]
    lessons = sorted((one.lesson for one in folders if one.lesson), key=lambda lesson: lesson.number)
    if not lessons and not problems:
        what = "there are no lessons in this folder"
        if (folder / LESSON_FILE).exists():
            what += f"; it is a lesson itself: check it as 'fromnoise check {folder.name}'"
        problems.append(Problem(Path(folder.name), what))
    retired = retired_ids([file for file, _ in files if file])
    glossary, faults_of_terms = read_glossary(folder, [one.slug for one in folders if one.slug])
    problems += faults_of_terms
    catalogue = Catalogue(tuple(lessons), outline or outline_of(lessons), retired, glossary)
    problems += _doubles(catalogue)
    if outline or not (folder / OUTLINE_FILE).exists():
        numbers = {one.slug: one.number for one in folders if one.slug}
        problems += place_problems(catalogue.outline, lessons, numbers)
    problems += unknown_questions(folders, [file for file, _ in files if file])
    problems += link_problems(lessons, [one.slug for one in folders if one.slug])
    return catalogue, [*problems, *_id_problems(folders, files)]


def _numbers(folder: Path) -> dict[str, int]:
    """Return the numbers of the lessons whose folders there are, by their slugs."""
    names = (FOLDER.fullmatch(path.name) for path in folder.iterdir() if _is_of_a_lesson(path))
    return {name[2]: int(name[1]) for name in names if name}


def _is_of_a_lesson(path: Path) -> bool:
    if path.name.startswith("_") or is_left_behind(path.name):
        return False
    return path.is_dir() or (path.is_symlink() and not path.exists())


def _id_problems(
    folders: Sequence[LessonFolder], files: Sequence[tuple[IdsFile | None, list[Problem]]]
) -> Iterator[Problem]:
    """Check the ids of what could be read; one that is not there may be in what could not."""
    quizzes = [one.asked for one in folders]
    asked = {name for ids in quizzes for name in ids or ()}
    complete = None not in quizzes and not any(faults for _, faults in files)
    return id_problems([file for file, _ in files if file], asked, complete=complete)


def _doubles(catalogue: Catalogue) -> Iterator[Problem]:
    for lesson in catalogue.lessons:
        path = Path(lesson.folder.name)
        others = [other for other in catalogue.lessons if other is not lesson]
        for what, alike in (
            (f"is called {lesson.slug!r} too", [other for other in others if other.slug == lesson.slug]),
            (
                f"has the number {lesson.number:02} too",
                [one for one in others if one.number == lesson.number],
            ),
        ):
            if alike:
                yield Problem(path, f"{alike[0].folder.name} {what}; rename one of the folders")
        for name in dict.fromkeys(question.id for question in lesson.questions):
            alike = [other for other in others if name in {question.id for question in other.questions}]
            if alike:
                what = f"a question of {alike[0].folder.name} has this id too; ids are kept for ever"
                yield Problem(path / QUIZ_FILE, what, lesson.question_lines.get(name), name)
