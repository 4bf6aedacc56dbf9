"""`fromnoise export SLUG --print`: a lesson with its questions and all solutions, as one file for teachers.

The file needs nothing else: styles and pictures stand in it, and no script. The strips of its plates are
drawn here, by the same models with the same settings as a server's.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from rich.progress import Progress
from torch import Tensor

from app.cards import CardFile, find_cards, named
from app.course.catalogue import Catalogue
from app.course.lesson import Lesson
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.denoiser import Denoiser
from app.diffusion.pixels import to_pixels
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.engine.conditions import negative_condition, wanted
from app.engine.reading import read_run
from app.engine.trajectory import plan_of
from app.errors import InvalidRequest
from app.labs.registry import LabsOfLesson, ReadLab, labs_of_course
from app.labs.strip import PlateOnPaper, Strip, paper_of
from app.pictures import Pixels
from app.questions.catalogue import load_catalogue
from app.questions.registry import KINDS
from app.settings import ROOMS, Settings, files_folder
from app.web.delivery.assets import Assets
from app.web.delivery.templating import make_templates, render
from app.web.handout.context import PRINT_STYLES, HandoutFileContext, parts_of, questions_solved, styles_of
from app.web.handout.inlined import data_address, sheets_as_one, with_links_to, with_pictures

SITE = re.compile(r"https?://[^\s/?#\"<>]+")
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
        raise InvalidRequest(f"--site is scheme and host, as https://noise.example.org; got {site!r}", "site")
    catalogue = load_catalogue(settings.lessons)
    lesson = _lesson(catalogue, slug)
    cards = find_cards(settings.models)
    labs = labs_of_course(catalogue, cards)[slug]
    if out.exists() and not replaces:
        raise InvalidRequest(f"{out} is there already; name another file by -o, or give --force", "out")
    part = out.with_name(f".{out.name}.{secrets.token_hex(8)}.part")  # a file of nobody else's
    with _faults_of(out):
        part.touch(exist_ok=False)
    try:
        html = _page(lesson, labs, _Strips(cards), site)
        with _faults_of(out):
            part.write_text(html, encoding="utf-8")
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    counted = f"{_counted(len(labs), 'plate')}, {_counted(len(lesson.questions), 'question')}"
    return f"{out}: {lesson.title}, {counted} with all solutions"


class _Strips:
    """Draws the strips of plates; a model is loaded once."""

    def __init__(self, cards: Sequence[CardFile]) -> None:
        self._cards = cards
        self._loaded: dict[str, Denoiser] = {}

    def draw(self, strip: Strip) -> bytes:
        """Draw a strip as a PNG file."""
        return strip.file(self._frames(strip))

    def _frames(self, strip: Strip) -> list[Pixels]:
        """Run a model in this process; the noisy pictures of the frames that the strip shows."""
        if strip.run is None:
            return []
        card = named(strip.run.model, self._cards).card
        spec = read_run(strip.run, card).spec
        frames: list[Tensor] = []
        sample(
            self._model(card.name),
            plan_of(spec, card),
            wanted(spec, card, spec.count),
            spec.guidance,
            [PictureNoise(spec.seed, index) for index in range(spec.count)],
            on_frame=frames.append,
            negative_condition=negative_condition(spec, card, spec.count),
        )
        return [to_pixels(frames[step], frames[step], frames[step])[0].numpy() for step in strip.steps]

    def _model(self, name: str) -> Denoiser:
        if name not in self._loaded:
            file = named(name, self._cards)
            self._loaded[name] = denoiser(file, load_network(file, torch.device("cpu")))
        return self._loaded[name]


def _lesson(catalogue: Catalogue, slug: str) -> Lesson:
    lessons = {lesson.slug: lesson for lesson in catalogue.lessons}
    if slug not in lessons:
        there_are = ", ".join(lessons) or "none"
        raise InvalidRequest(f"there is no lesson {slug!r}; there are: {there_are}", "lesson")
    return lessons[slug]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _page(lesson: Lesson, labs: LabsOfLesson, strips: _Strips, site: str) -> str:
    assets = Assets(files_folder("static"), ROOMS)

    with Progress(transient=True) as bar:
        task = bar.add_task("drawing plates", total=len(labs))

        def paper(slug: str, read: ReadLab) -> PlateOnPaper:
            plate = paper_of(slug, read, site)
            picture = data_address(strips.draw(plate.strip), "image/png") if plate.strip else ""
            bar.advance(task)
            return PlateOnPaper(plate.page, picture, plate.strip)

        parts = parts_of(lesson, labs, paper)
    context = HandoutFileContext(
        lesson=lesson,
        parts=parts,
        questions=questions_solved(lesson, KINDS),
        styles=(),
        print_styles=(),
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
