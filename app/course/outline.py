"""The outline of a course: its units, and the lessons that are planned in them. `lessons/course.toml`.

A folder of lessons without that file has the units that its lessons name, in the order of the lessons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.course.lesson import Lesson, Slug, Words
from app.course.problem import Problem
from app.course.toml_file import Location, TomlFile, read_toml
from app.validation import describe, first_causes

OUTLINE_FILE = "course.toml"

Entry = tuple[Location, Mapping[str, Any]]
"""A table of the file: where it stands, and what it says."""


class PlannedLesson(BaseModel):
    """A lesson of the plan; once it is written, its own title and summary are shown.

    `prerequisites` are the slugs of the lessons that it builds on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int = Field(ge=1, le=99, description="That of the lesson's folder.")
    slug: Slug = Field(description="The rest of the folder's name.")
    title: Words = Field(description="Shown until the lesson is written; then its own title is.")
    idea: Words = Field(description="The one idea of the lesson; shown until it is written.")
    prerequisites: Annotated[tuple[Slug, ...], Field(strict=False)] = Field(
        default=(), description="Slugs of the lessons that it builds on."
    )


class Unit(BaseModel):
    """A unit; its lessons are written as `[[unit.lesson]]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int = Field(ge=1, le=39, description="Shown as a Roman numeral.")
    title: Words = Field(description="The unit's title, as lessons name it.")
    lessons: Annotated[tuple[PlannedLesson, ...], Field(strict=False)] = Field(
        default=(), alias="lesson", description="The planned lessons, as `[[unit.lesson]]` tables."
    )


class Outline(BaseModel):
    """The units in order; they are written as `[[unit]]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    units: Annotated[tuple[Unit, ...], Field(strict=False)] = Field(min_length=1, alias="unit")

    @property
    def planned(self) -> tuple[PlannedLesson, ...]:
        """The planned lessons of all units."""
        return tuple(lesson for unit in self.units for lesson in unit.lessons)


def read_outline(folder: Path, written: Mapping[str, int]) -> tuple[Outline | None, list[Problem]]:
    """Read a course's outline.

    Args:
        folder: of the lessons.
        written: the numbers of the lessons that have folders, by their slugs.

    Returns:
        The outline, or None where there is no such file or it is faulty; and every fault in it.
    """
    path, shown = folder / OUTLINE_FILE, Path(OUTLINE_FILE)
    if not path.exists() and not path.is_symlink():
        return None, []
    file, problems, _ = read_toml(path, folder)
    if file is None:
        return None, problems
    outline, faults = _validated(file)
    faults += _contradictions(file.data, written, all_read=not faults)
    problems = [Problem(shown, what, file.lines.find(location)) for location, what in faults]
    return (None if problems else outline), problems


def outline_of(lessons: Sequence[Lesson]) -> Outline:
    """Make the outline of lessons that have none: a unit for each that they name."""
    titles = dict.fromkeys(lesson.unit for lesson in lessons if lesson.unit)
    units = (Unit(number=number, title=title) for number, title in enumerate(titles, 1))
    return Outline.model_construct(unit=tuple(units))


def place_problems(
    outline: Outline, lessons: Sequence[Lesson], numbers: Mapping[str, int]
) -> Iterator[Problem]:
    """Find lessons that have no place in the outline, or another one than they say.

    Args:
        outline: of the course.
        lessons: that can be read.
        numbers: of all lessons by their slugs, those among them that cannot be read.
    """
    planned = {entry.slug: entry.number for entry in outline.planned}
    for lesson in lessons:
        what = _other_number(lesson, planned)
        if what:
            yield Problem(Path(lesson.folder.name), what)
        faults = [*_other_unit(lesson, outline), *_bad_prerequisites(lesson, {**planned, **numbers})]
        for key, what in faults:
            if key in lesson.faulty_keys:
                continue
            line = lesson.head_lines.get(key)
            yield Problem(Path(lesson.folder.name) / "lesson.md", f"head: {key}: {what}", line)


def _other_number(lesson: Lesson, numbers: Mapping[str, int]) -> str | None:
    if lesson.slug in numbers:
        number = numbers[lesson.slug]
        if number == lesson.number:
            return None
        return (
            f"{OUTLINE_FILE} has {lesson.slug!r} as lesson {number}; rename the folder or change the number"
        )
    for slug, number in numbers.items():
        if number == lesson.number:
            return f"{OUTLINE_FILE} has {slug!r} as lesson {number}; change its slug, or take another number"
    return None


def _other_unit(lesson: Lesson, outline: Outline) -> Iterator[tuple[str, str]]:
    titles = [unit.title for unit in outline.units]
    planned = [unit.title for unit in outline.units for entry in unit.lessons if entry.slug == lesson.slug]
    if lesson.unit not in titles:
        allowed = ", ".join(map(repr, titles))
        yield "unit", f"must be one of the course's units, {allowed}; received {lesson.unit!r}"
    elif planned and lesson.unit not in planned:
        what = f"{OUTLINE_FILE} plans this lesson in the unit {planned[0]!r}; received {lesson.unit!r}"
        yield "unit", f"{what}; change one of the two"


def _bad_prerequisites(lesson: Lesson, known: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for slug in lesson.prerequisites or ():
        if slug not in known:
            yield "prerequisites", f"there is no lesson {slug!r} in the course; there are {', '.join(known)}"
        elif known[slug] >= lesson.number:
            yield "prerequisites", f"{slug!r} is lesson {known[slug]}; it must come before this one"


def _validated(file: TomlFile) -> tuple[Outline | None, list[tuple[Location, str]]]:
    try:
        return Outline.model_validate(dict(file.data)), []
    except ValidationError as error:
        return None, [
            (fault["loc"], describe(fault, _depth(fault["loc"]), Outline)) for fault in first_causes(error)
        ]


def _depth(location: Location) -> int:
    """Count the parts of a location that lead to its table: `("unit", 0, "lesson", 1)` of a lesson's."""
    steps = pairwise(location)
    return max(
        (n + 1 for n, (a, b) in enumerate(steps) if isinstance(a, int) and isinstance(b, str)), default=0
    )


def _contradictions(
    data: Mapping[str, Any], written: Mapping[str, int], *, all_read: bool
) -> Iterator[tuple[Location, str]]:
    """Find what is there twice, and prerequisites that do not come before; in faulty tables too.

    Where not all could be read, no lesson is taken for missing: its slug may be what is faulty.
    """
    units = _tables((), data, "unit")
    lessons = [entry for place, unit in units for entry in _tables(place, unit, "lesson")]
    for what, entries, keys in (
        ("unit", units, ("number", "title")),
        ("lesson", lessons, ("number", "slug")),
    ):
        for key in keys:
            yield from _twice(what, entries, key)
    planned = {str(lesson.get("slug")): lesson.get("number") for _, lesson in lessons}
    numbers: Mapping[str, Any] = {**written, **planned}
    for place, lesson in lessons:
        number, slugs = lesson.get("number"), lesson.get("prerequisites")
        for slug in slugs if isinstance(slugs, list) else ():
            before = numbers.get(str(slug))
            if before is None:
                if not all_read:
                    continue
                yield (
                    (*place, "prerequisites"),
                    f"prerequisites: there is no lesson {slug!r}, neither here nor as a folder",
                )
            elif isinstance(number, int) and isinstance(before, int) and before >= number:
                what = f"prerequisites: {slug!r} is lesson {before} and does not come before lesson {number}"
                yield (*place, "prerequisites"), what


def _tables(place: Location, data: Mapping[str, Any], name: str) -> list[Entry]:
    tables = data.get(name)
    if not isinstance(tables, list):
        return []
    return [((*place, name, index), table) for index, table in enumerate(tables) if isinstance(table, dict)]


def _twice(what: str, entries: Sequence[Entry], key: str) -> Iterator[tuple[Location, str]]:
    seen: list[object] = []
    for place, table in entries:
        if key in table and table[key] in seen:
            yield (*place, key), f"{key}: another {what} has {table[key]!r} too"
        seen.append(table.get(key))
