"""Every kind of lab by name, and the one function that reads the labs of a course.

A kind of lab is one folder `app/labs/NAME/` (`_` where the name has `-`) and one line here. In the folder:

| file | what it is |
|---|---|
| `options.py` | `read(lab, resources)` returns its settings or raises `BadOptions`; `described()` |
| `view.py` | `view(lab, settings, resources)` returns what `view.html` shows; `TITLE`, `SUMMARY`, `EXAMPLE` |
| `view.html` | the plate, with its fall-back without JavaScript; the context is called `lab` |
| `lab.js`, `*.css` | loaded by pages that have such a lab; other scripts are imported by `lab.js` |
| `strip.py` | `strip(settings)` returns what is printed of it, a `Strip` of `app/labs/strip.py` |
| `routes.py` | `router(labs)` returns its routes, where the lab needs addresses of its own |

Here only options are imported, so that the course check needs no web; `shown.py` imports what pages need.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from app.cards import CardFile
from app.controls.request import RunRequest
from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.lesson import Lesson
from app.course.problem import Problem
from app.errors import CourseError
from app.labs.options import BadOptions, MissingModel, OptionFault, Resources

LABS: Mapping[str, str] = {
    "player": "app.labs.player",
    "noise": "app.labs.noise",
    "schedule": "app.labs.schedule",
    "clean-by-hand": "app.labs.clean_by_hand",
    "readings": "app.labs.readings",
    "train2d": "app.labs.train2d",
    "step": "app.labs.step",
}
"""The package of each kind of lab."""


class Options(Protocol):
    """The module `options` of a kind of lab."""

    def described(self) -> Mapping[str, str]:
        """Describe each option in a sentence, for those who write lessons."""

    def read(self, lab: Lab, resources: Resources) -> object:
        """Read a lab's options.

        Raises:
            BadOptions: options that it cannot take, all of them.
            MissingModel: its model is not on this server.
        """


@dataclass(frozen=True)
class ReadLab:
    """A lab whose options have been read.

    Args:
        lab: as the lesson has it.
        settings: what its kind made of the options; None where the model is missing.
        resources: what it may use.
        missing: the fault, where the model is not on this server.
    """

    lab: Lab
    settings: object
    resources: Resources
    missing: MissingModel | None = None


LabsOfLesson = Mapping[str, ReadLab]
"""The labs of a lesson that could be read, by their id."""


def read_labs(
    catalogue: Catalogue, cards: Sequence[CardFile]
) -> tuple[dict[str, LabsOfLesson], list[Problem]]:
    """Read every lab of a course: the function by which the course check and the server do it.

    Args:
        catalogue: the lessons.
        cards: of the models on this server.

    Returns:
        The labs by lesson, and every fault in them. A missing model is no fault here: the server shows a
        note in place of the lab. `missing_models` lists those for the check.
    """
    found: dict[str, LabsOfLesson] = {}
    problems: list[Problem] = []
    for lesson in catalogue.lessons:
        by_name = {file.card.name: file for file in cards}
        resources = Resources(by_name, lesson.pictures, lesson.faulty_pictures, lesson.slug)
        labs: dict[str, ReadLab] = {}
        for lab in lesson.blocks:
            if not isinstance(lab, Lab):
                continue
            try:
                labs[lab.id] = read_lab(lab, resources)
            except BadOptions as error:
                problems += [problem_of(lesson, lab, fault) for fault in error.faults]
        found[lesson.slug] = labs
    return found, problems


def labs_of_course(catalogue: Catalogue, cards: Sequence[CardFile]) -> dict[str, LabsOfLesson]:
    """Read every lab of a course that has no faults: the labs by lesson.

    Raises:
        CourseError: labs with options that they cannot take; every fault with its file and line.
    """
    labs, problems = read_labs(catalogue, cards)
    if problems:
        raise CourseError([str(problem) for problem in problems])
    return labs


def read_lab(lab: Lab, resources: Resources) -> ReadLab:
    """Read one lab.

    Raises:
        BadOptions: there is no such kind of lab, or options that it cannot take.
    """
    if lab.kind not in LABS:
        kinds, given = ", ".join(sorted(LABS)), f"unknown lab {lab.kind[:80]!r}"
        what = given if lab.kind else "a lab is named with its kind, as :::{lab} player"
        raise BadOptions([OptionFault(f"{what}; there are {kinds}")])
    options = cast(Options, import_module(f"{LABS[lab.kind]}.options"))
    if lab.loose and (lab.loose.is_sure or lab.loose.name in options.described()):
        raise BadOptions([OptionFault(lab.loose.what, lab.loose.name)])
    try:
        return ReadLab(lab, options.read(lab, resources), resources)
    except MissingModel as error:
        return ReadLab(lab, None, resources, error)


def run_of(read: ReadLab) -> RunRequest:
    """Return what a lab runs until a learner changes it: `run(settings)` of its kind's options.

    Raises:
        BadOptions: its kind runs nothing.
    """
    options = import_module(f"{LABS[read.lab.kind]}.options")
    if not hasattr(options, "run"):
        raise BadOptions([OptionFault(f"the lab {read.lab.kind!r} runs nothing that could be predicted")])
    run: RunRequest = options.run(read.settings)
    return run


def fixed_of(read: ReadLab) -> Collection[str]:
    """Name the settings of a lab that a learner cannot change: `fixed(settings)` of its kind's options."""
    options = import_module(f"{LABS[read.lab.kind]}.options")
    names: Collection[str] = options.fixed(read.settings) if hasattr(options, "fixed") else ()
    return names


def missing_models(catalogue: Catalogue, labs: Mapping[str, LabsOfLesson]) -> list[Problem]:
    """List the labs whose model is not on this server."""
    return [
        problem_of(lesson, read.lab, OptionFault(str(read.missing), "model"))
        for lesson in catalogue.lessons
        for read in labs[lesson.slug].values()
        if read.missing
    ]


def problem_of(lesson: Lesson, lab: Lab, fault: OptionFault) -> Problem:
    """Say where a fault stands: at its option, or at the fence."""
    line = lab.lines.get(fault.option or "", lab.line)
    return Problem(Path(lesson.folder.name) / "lesson.md", fault.what, line)
