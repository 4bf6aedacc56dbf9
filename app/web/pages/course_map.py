"""The course as the home page lists it: twelve lessons in four units, those in preparation included."""

from __future__ import annotations

from dataclasses import dataclass

from app.course.lesson import Lesson


@dataclass(frozen=True)
class Entry:
    """A line of the map; `lesson` is None while it is in preparation."""

    number: int
    title: str
    idea: str
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Unit:
    """A unit and its lessons, in order."""

    number: int
    title: str
    entries: tuple[Entry, ...]


PLAN = (
    Unit(
        1,
        "The idea",
        (
            Entry(1, "From noise to picture", "Generation is removing noise, again and again."),
            Entry(2, "Adding noise", "How a picture is lost, and how fast."),
            Entry(3, "Learning to remove it", "Predict the noise, at every level of it."),
        ),
    ),
    Unit(
        2,
        "Sampling",
        (
            Entry(4, "Step by step: DDPM", "One step taken apart, and why noise is put back."),
            Entry(5, "Fewer steps: DDIM and solvers", "The same model, followed as a path."),
            Entry(6, "Inside the network", "What a U-Net sees, and at what size."),
        ),
    ),
    Unit(
        3,
        "Steering",
        (
            Entry(7, "Asking for what you want", "Classes, prompts and guidance."),
            Entry(8, "Writing prompts", "What words can do, and what they cannot."),
            Entry(9, "Editing pictures", "Start from an image instead of from pure noise."),
        ),
    ),
    Unit(
        4,
        "The field today",
        (
            Entry(10, "Latent diffusion", "Why large systems work in a small space."),
            Entry(11, "Straight paths and one step", "Flow matching, and distilling many steps into few."),
            Entry(12, "Does it copy? Does it work?", "Memory, measures and their traps, and fair use."),
        ),
    ),
)


def course_map(lessons: tuple[Lesson, ...]) -> tuple[Unit, ...]:
    """Join the plan to the lessons that exist; a lesson outside the plan gets a place at the end."""
    by_number = {lesson.number: lesson for lesson in lessons}
    planned = {entry.number for unit in PLAN for entry in unit.entries}
    units = [
        Unit(
            unit.number,
            unit.title,
            tuple(_open(entry, by_number.get(entry.number)) for entry in unit.entries),
        )
        for unit in PLAN
    ]
    extra = tuple(
        Entry(lesson.number, lesson.title, lesson.summary, lesson)
        for lesson in lessons
        if lesson.number not in planned
    )
    return (*units, Unit(len(PLAN) + 1, "More", extra)) if extra else tuple(units)


def _open(entry: Entry, lesson: Lesson | None) -> Entry:
    return entry if lesson is None else Entry(lesson.number, lesson.title, entry.idea, lesson)
