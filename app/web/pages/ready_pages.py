"""The pages that are the same for everyone: home, lessons, labs, code, privacy. Rendered once, only sent.

`render_pages` makes them when the application is put together; the routes look an address up and send it.
What is personal comes as fragments (`app/web/practice/progress.py`) and on the practice page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.types import Receive, Scope, Send

from app.cards import Card, CardFile
from app.course.catalogue import Catalogue
from app.course.cited import CODE_PAGES
from app.course.lesson import Block, Heading, Lab, Lesson, QuestionHere
from app.course.outline import PlannedLesson
from app.course.prediction import Prediction
from app.course.terms import TermMarker
from app.errors import NotFound
from app.labs.registry import LabsOfLesson
from app.labs.shown import ShownLab, all_scripts, all_styles, shown
from app.labs.strip import PlateOnPaper, paper_of
from app.predictions.reading import Predictions, ReadPrediction
from app.questions.kind import Kinds
from app.web.delivery.ready import Ready, ready_html
from app.web.delivery.templating import Context, render
from app.web.pages.code_pages import NOT_SHOWN, code_pages
from app.web.pages.course_map import UnitOfMap, course_map
from app.web.pages.glossary import glossary_context
from app.web.pages.labs_page import labs_pages
from app.web.pages.learner import PrivacyContext
from app.web.pages.recording import Recording

QUESTION_STYLES = ("practice/question.css", "practice/outcome.css")
QUESTION_SCRIPTS = ("practice/practice.js",)
"""What a page with questions loads, beside what their kinds do."""

PREDICTION_STYLES = ("practice/prediction.css",)
PREDICTION_SCRIPTS = ("practice/prediction.js",)
"""What a page with predictions loads."""

ADDRESSES = ("/", "/lessons/{slug}", "/labs", "/labs/{name}", "/glossary", "/privacy", "/licences")
NO_PAGE = "There is no page at this address. The course map is on the home page."


@dataclass(frozen=True)
class HomeContext:
    """`pages/home.html`: the same for everyone; progress comes as a fragment.

    Attributes:
        recording: None when the files are missing or do not match their checksum.
        units: the whole course, lessons in preparation included.
        first: the lesson that the button starts; None in a course without lessons.
    """

    template: ClassVar[str] = "pages/home.html"
    recording: Recording | None
    units: tuple[UnitOfMap, ...]
    first: Lesson | None


@dataclass(frozen=True)
class AskedHere:
    """A question in a lesson's text: its id, and its number in the lesson's practice."""

    id: str
    number: int


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: prose, a lab and what is printed of it, a question's place, or a prediction."""

    html: str = ""
    lab: ShownLab | None = None
    paper: PlateOnPaper | None = None
    question: AskedHere | None = None
    prediction: ReadPrediction | None = None


@dataclass(frozen=True)
class Section:
    """An entry of the table of contents with those below it."""

    heading: Heading
    below: tuple[Heading, ...]


@dataclass(frozen=True)
class LessonContext:
    """`pages/lesson.html`: the same for everyone.

    Attributes:
        later: scripts by the id of the plate that they are loaded for when it nears the view: those of kinds
            of labs other than the first plate's.
        first_plate: the id of the first lab, to which the head leads; empty where there is none.
        builds_on: the written lessons that it builds on.
        before: the lesson before it, where there is one.
        after: the one after it, likewise.
        coming: the next one of the course's map, where that is still to be written.
    """

    template: ClassVar[str] = "pages/lesson.html"
    lesson: Lesson
    contents: tuple[Section, ...]
    parts: tuple[Part, ...]
    styles: Sequence[str]
    scripts: Sequence[str]
    later: Mapping[str, Sequence[str]]
    first_plate: str
    builds_on: tuple[Lesson, ...] = ()
    before: Lesson | None = None
    after: Lesson | None = None
    coming: PlannedLesson | None = None


@dataclass(frozen=True)
class LicencesContext:
    """`pages/licences.html`: models and their data from the cards."""

    template: ClassVar[str] = "pages/licences.html"
    cards: tuple[Card, ...]


class ReadyPages:
    """The route of all ready pages, an ASGI application.

    Args:
        pages: every page by its address, as `render_pages` makes them.
        missing: what is said where there is none.
    """

    def __init__(self, pages: Mapping[str, Ready], missing: str = NO_PAGE) -> None:
        self._pages = pages
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a page.

        Raises:
            NotFound: there is none at this address.
        """
        page = self._pages.get(scope["path"])
        if page is None:
            raise NotFound(self._missing)
        await page(scope, receive, send)


def page_routes(pages: Mapping[str, Ready]) -> list[Route]:
    """Routes for every ready page: plain Starlette routes, since nothing about a request is read.

    They stand directly in the application and first: an included router, and every route before, costs more
    than sending a page does.
    """
    page, code = ReadyPages(pages), ReadyPages(pages, NOT_SHOWN)
    return [
        *(Route(address, page, methods=["GET", "HEAD"]) for address in ADDRESSES),
        Route(CODE_PAGES + "{path:path}", code, methods=["GET", "HEAD"]),
    ]


@dataclass(frozen=True)
class Course:
    """All that the pages of a course are made of.

    Args:
        catalogue: the lessons.
        cards: of every model.
        kinds: of the questions.
        labs: of each lesson, by its slug.
        predictions: that the lessons ask for.
    """

    catalogue: Catalogue
    cards: Sequence[CardFile]
    kinds: Kinds
    labs: Mapping[str, LabsOfLesson]
    predictions: Predictions


def render_pages(
    templates: Jinja2Templates, course: Course, recording: Recording | None, kept_days: int
) -> dict[str, Ready]:
    """Render every page that is the same for everyone, by its address.

    Args:
        templates: of the pages.
        course: what they are made of.
        recording: the run that the home page shows, where there is one.
        kept_days: how long answers are kept, for the page on privacy.
    """
    catalogue, cards = course.catalogue, course.cards
    first = catalogue.lessons[0] if catalogue.lessons else None
    contexts: dict[str, Context] = {
        "/": HomeContext(recording, course_map(catalogue), first),
        "/glossary": glossary_context(catalogue),
        "/privacy": PrivacyContext("", kept_days),
        "/licences": LicencesContext(tuple(file.card for file in cards)),
    }
    contexts |= labs_pages(cards) | code_pages(catalogue)
    for lesson in catalogue.lessons:
        contexts[f"/lessons/{lesson.slug}"] = lesson_context(lesson, course)
    return {address: ready_html(render(templates, context)) for address, context in contexts.items()}


def lesson_context(lesson: Lesson, course: Course) -> LessonContext:
    """Lay a lesson out: its contents, and its blocks with labs, questions and predictions in their places."""
    read, kinds = course.labs[lesson.slug], course.kinds
    predictions = {one.prediction.id: one for one in course.predictions.of(lesson)}
    first = {one.lab.kind: id for id, one in reversed(list(read.items()))}
    labs = {id: shown(one, is_first=first[one.lab.kind] == id) for id, one in read.items()}
    terms = TermMarker(course.catalogue.glossary)
    numbers = {question.id: number for number, question in enumerate(lesson.questions, 1)}

    def part(block: Block) -> Part:
        if isinstance(block, Lab):
            return Part(lab=labs[block.id], paper=paper_of(lesson.slug, read[block.id]))
        if isinstance(block, QuestionHere):
            return Part(question=AskedHere(block.question_id, numbers[block.question_id]))
        if isinstance(block, Prediction):
            return Part(prediction=predictions.get(block.id))
        return Part(html=terms.mark(block.html))

    parts = tuple(part(block) for block in lesson.blocks)
    asked = [kinds[lesson.questions[place.question.number - 1].kind] for place in parts if place.question]
    at_once = all_scripts([*labs.values()][:1])
    later = {id: one.scripts for id, one in labs.items() if not set(one.scripts) <= set(at_once)}
    styles, scripts = [*all_styles(labs.values())], [*at_once]
    if asked:
        styles += [*QUESTION_STYLES, *(kind.style for kind in asked)]
        scripts += [*QUESTION_SCRIPTS, *(kind.script for kind in asked)]
    if predictions:
        styles += PREDICTION_STYLES
        scripts += PREDICTION_SCRIPTS
    first_plate = next((block.id for block in lesson.blocks if isinstance(block, Lab)), "")
    return LessonContext(
        lesson,
        contents(lesson.toc),
        parts,
        tuple(dict.fromkeys(styles)),
        tuple(dict.fromkeys(scripts)),
        later,
        first_plate,
        tuple(one for one in course.catalogue.lessons if one.slug in course.catalogue.prerequisites(lesson)),
        *course.catalogue.beside(lesson),
        course.catalogue.coming_after(lesson),
    )


def contents(headings: Sequence[Heading]) -> tuple[Section, ...]:
    """Nest a flat list of headings: those of level 3 below the one of level 2 before them."""
    sections: list[Section] = []
    for heading in headings:
        if heading.level > 2 and sections:
            last = sections[-1]
            sections[-1] = Section(last.heading, (*last.below, heading))
        else:
            sections.append(Section(heading, ()))
    return tuple(sections)
