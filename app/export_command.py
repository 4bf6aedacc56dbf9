"""`fromnoise export SLUG --print`: a lesson with its questions and all solutions, as one file for teachers.

The file needs nothing else: styles and pictures stand in it, and no script. The strips of its plates are
drawn here, and its predictions measured, by the same models with the same settings as a server's.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.progress import Progress

from app.cards import find_cards
from app.course.catalogue import Catalogue
from app.course.lesson import Lesson
from app.errors import InvalidRequest
from app.export_runs import Runs
from app.labs.registry import LabsOfLesson, ReadLab
from app.labs.strip import PlateOnPaper, paper_of
from app.labs.whole import load_course
from app.predictions.outcome import Found, found_of
from app.predictions.reading import ReadPrediction
from app.questions.registry import KINDS
from app.settings import ROOMS, Settings, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates, render
from app.web.handout.context import (
    PRINT_STYLES,
    HandoutFileContext,
    outcomes_of,
    parts_of,
    questions_solved,
    styles_of,
)
from app.web.handout.inlined import data_address, sheets_as_one, with_links_to, with_pictures

SITE = re.compile(r"https?://[^\s/?#\"<>]+(/[A-Za-z0-9._~-]+)*")
BASE_STYLES = ("tokens.css", "base.css", "components.css")
BASE_PRINT_STYLES = ("print.css",)


def export_lesson(settings: Settings, slug: str, out: Path, site: str = "", *, replaces: bool = False) -> str:
    """Write the handout of a lesson with all solutions.

    Args:
        settings: where lessons and models are.
        slug: of the lesson.
        out: the file.
        site: scheme and host of the server that has the lesson; empty where links are to lead nowhere.
        replaces: whether to write over a file that is there.

    Returns:
        What was written, in a sentence.

    Raises:
        InvalidRequest: an unknown lesson, or a file that cannot be written. Nothing is half-written.
        CourseError: the course has faults.
        CheckpointError: the weights of a model are missing or corrupt.
    """
    site = site.rstrip("/")
    if site and not SITE.fullmatch(site):
        raise InvalidRequest(
            "--site is scheme and host, and the path before its pages where there is one, as "
            f"https://noise.example.org; got {site!r}",
            "site",
        )
    cards = find_cards(settings.models)
    course = load_course(settings.lessons, cards)
    lesson = _lesson(course.catalogue, slug)
    labs, predictions = course.labs[slug], course.predictions.of(lesson)
    if out.exists() and not replaces:
        raise InvalidRequest(f"{out} is there already; name another file by -o, or give --force", "out")
    part = out.with_name(f".{out.name}.{secrets.token_hex(8)}.part")  # a file of nobody else's
    with _faults_of(out):
        part.touch(exist_ok=False)
    try:
        html = _page(lesson, labs, predictions, Runs(cards), site)
        with _faults_of(out):
            part.write_text(html, encoding="utf-8")
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    counted = [_counted(len(labs), "plate"), _counted(len(lesson.questions), "question")]
    solved = "with all solutions"
    if predictions:
        solved += f", {_counted(len(predictions), 'prediction')} with what came out"
    return f"{out}: {lesson.title}, {', '.join(counted)} {solved}"


def _lesson(catalogue: Catalogue, slug: str) -> Lesson:
    lessons = {lesson.slug: lesson for lesson in catalogue.lessons}
    if slug not in lessons:
        there_are = ", ".join(lessons) or "none"
        raise InvalidRequest(f"there is no lesson {slug!r}; there are: {there_are}", "lesson")
    return lessons[slug]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _page(
    lesson: Lesson, labs: LabsOfLesson, predictions: Sequence[ReadPrediction], runs: Runs, site: str
) -> str:
    assets = Assets(files_folder("static"), ROOMS)

    with Progress(transient=True) as bar:
        task = bar.add_task("drawing plates", total=len(labs) + len(predictions))

        def paper(slug: str, read: ReadLab) -> PlateOnPaper:
            plate = paper_of(slug, read, site)
            picture = data_address(runs.draw(plate.strip), "image/png") if plate.strip else ""
            bar.advance(task)
            return PlateOnPaper(plate.page, picture, plate.strip)

        def found(read: ReadPrediction) -> Found:
            outcome = found_of(read, runs.value_of(read))
            bar.advance(task)
            return outcome

        parts = parts_of(lesson, labs, paper)
        outcomes = outcomes_of(lesson, {read.prediction.id: found(read) for read in predictions})
    context = HandoutFileContext(
        lesson=lesson,
        parts=parts,
        questions=questions_solved(lesson, KINDS),
        styles=(),
        print_styles=(),
        outcomes=outcomes,
        is_whole=True,
        sheet=sheets_as_one((*BASE_STYLES, *styles_of(lesson, KINDS)), assets),
        print_sheet=sheets_as_one((*PRINT_STYLES, *BASE_PRINT_STYLES), assets),
    )
    html = render(make_templates(files_folder("templates"), assets, ROOMS), context)
    files = {f"/lessons/{lesson.slug}/files/{name}": path for name, path in lesson.pictures.items()}
    return with_links_to(with_pictures(html, files), site)


@contextlib.contextmanager
def _faults_of(out: Path) -> Iterator[None]:
    """Say of a file that it cannot be written.

    Raises:
        InvalidRequest: in place of what the disk says.
    """
    try:
        yield
    except OSError as error:
        raise InvalidRequest(f"{out} cannot be written: {error.strerror}", "out") from error
