"""The course as the home page lists it: units and their lessons, those in preparation included."""

from __future__ import annotations

from dataclasses import dataclass

from app.course.catalogue import Catalogue
from app.course.lesson import Lesson
from app.course.outline import PlannedLesson


@dataclass(frozen=True)
class Entry:
    """A line of the map; `lesson` is None while it is in preparation.

    `prerequisites` are the numbers of the lessons that it builds on.
    """

    number: int
    title: str
    idea: str
    prerequisites: tuple[int, ...] = ()
    lesson: Lesson | None = None

    @property
    def builds_on(self) -> str:
        """The prerequisites in words, or nothing."""
        if not self.prerequisites:
            return ""
        *others, last = self.prerequisites
        if not others:
            return f"builds on lesson {last}"
        return f"builds on lessons {', '.join(map(str, others))} and {last}"


@dataclass(frozen=True)
class UnitOfMap:
    """A unit and its lessons, in order."""

    number: int
    title: str
    entries: tuple[Entry, ...]


def course_map(catalogue: Catalogue) -> tuple[UnitOfMap, ...]:
    """List the units: each lesson in the unit that it names itself, and those still to be written."""
    written = {lesson.slug for lesson in catalogue.lessons}
    units = []
    for unit in catalogue.outline.units:
        entries = [_written(lesson, catalogue) for lesson in catalogue.lessons if lesson.unit == unit.title]
        entries += [_planned(entry, catalogue) for entry in unit.lessons if entry.slug not in written]
        entries.sort(key=lambda entry: entry.number)
        units.append(UnitOfMap(unit.number, unit.title, tuple(entries)))
    return tuple(units)


def _written(lesson: Lesson, catalogue: Catalogue) -> Entry:
    numbers = _numbers(catalogue.prerequisites(lesson), catalogue)
    return Entry(lesson.number, lesson.title, lesson.summary, numbers, lesson)


def _planned(entry: PlannedLesson, catalogue: Catalogue) -> Entry:
    return Entry(entry.number, entry.title, entry.idea, _numbers(entry.prerequisites, catalogue))


def _numbers(slugs: tuple[str, ...], catalogue: Catalogue) -> tuple[int, ...]:
    numbers = {entry.slug: entry.number for entry in catalogue.outline.planned}
    numbers |= {lesson.slug: lesson.number for lesson in catalogue.lessons}
    return tuple(sorted(numbers[slug] for slug in slugs))
