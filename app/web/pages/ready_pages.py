"""The pages that are the same for everyone: home, lessons, privacy, licences. Rendered once, then only sent.

`render_pages` makes them when the application is put together; the routes look an address up and send it.
What is personal comes as fragments (`fragments.py`) and on the practice page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.types import Receive, Scope, Send

from app.cards import Card, CardFile, weights_fault
from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.lesson import Heading, Lesson
from app.errors import NotFound
from app.labs.player.sampler_source import SamplerSource, sampler_sources
from app.labs.player.view import PlayerView, player_view
from app.web.delivery.ready import Ready, ready_html
from app.web.delivery.templating import Context, render
from app.web.pages.course_map import Unit, course_map
from app.web.pages.learner import PrivacyContext
from app.web.pages.recording import Recording

ADDRESSES = ("/", "/lessons/{slug}", "/privacy", "/licences")


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
    units: tuple[Unit, ...]
    first: Lesson | None


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: prose as HTML, or a plate with a player (None: its model has no card)."""

    html: str = ""
    lab: str = ""
    model: str = ""
    player: PlayerView | None = None


@dataclass(frozen=True)
class Section:
    """An entry of the table of contents with those below it."""

    heading: Heading
    below: tuple[Heading, ...]


@dataclass(frozen=True)
class LessonContext:
    """`pages/lesson.html`: the same for everyone."""

    template: ClassVar[str] = "pages/lesson.html"
    lesson: Lesson
    contents: tuple[Section, ...]
    parts: tuple[Part, ...]
    has_player: bool


@dataclass(frozen=True)
class LicencesContext:
    """`pages/licences.html`: models and their data from the cards."""

    template: ClassVar[str] = "pages/licences.html"
    cards: tuple[Card, ...]


MakePlayer = Callable[[Lab], PlayerView | None]


class ReadyPages:
    """The route of all ready pages, an ASGI application.

    Args:
        pages: every page by its address, as `render_pages` makes them.
    """

    def __init__(self, pages: Mapping[str, Ready]) -> None:
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a page.

        Raises:
            NotFound: there is none at this address.
        """
        page = self._pages.get(scope["path"])
        if page is None:
            raise NotFound("There is no lesson at this address. The course map is on the home page.")
        await page(scope, receive, send)


def page_routes(pages: Mapping[str, Ready]) -> list[Route]:
    """Routes for every ready page: plain Starlette routes, since nothing about a request is read.

    They stand directly in the application and first: an included router, and every route before, costs more
    than sending a page does.
    """
    page = ReadyPages(pages)
    return [Route(address, page, methods=["GET", "HEAD"]) for address in ADDRESSES]


def render_pages(
    templates: Jinja2Templates,
    catalogue: Catalogue,
    cards: Sequence[CardFile],
    recording: Recording | None,
) -> dict[str, Ready]:
    """Render every page that is the same for everyone, by its address."""
    make_player = player_maker(cards)
    first = catalogue.lessons[0] if catalogue.lessons else None
    contexts: dict[str, Context] = {
        "/": HomeContext(recording, course_map(catalogue.lessons), first),
        "/privacy": PrivacyContext(done=""),
        "/licences": LicencesContext(tuple(file.card for file in cards)),
    }
    for lesson in catalogue.lessons:
        contexts[f"/lessons/{lesson.slug}"] = lesson_context(lesson, make_player)
    return {address: ready_html(render(templates, context)) for address, context in contexts.items()}


def lesson_context(lesson: Lesson, make_player: MakePlayer) -> LessonContext:
    """Lay a lesson out: its contents, and its blocks with the players in their places."""
    parts = tuple(
        Part(lab=block.kind, model=block.options.get("model", ""), player=make_player(block))
        if isinstance(block, Lab)
        else Part(html=block.html)
        for block in lesson.blocks
    )
    return LessonContext(lesson, contents(lesson.toc), parts, any(part.player for part in parts))


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


def player_maker(cards: Sequence[CardFile]) -> MakePlayer:
    """Return what makes the view of a lab of kind "player"; None where its model has no card."""
    sources: tuple[SamplerSource, ...] = sampler_sources()
    by_name = {file.card.name: file for file in cards}

    def make(lab: Lab) -> PlayerView | None:
        file = by_name.get(lab.options.get("model", "")) or next(iter(by_name.values()), None)
        if lab.kind != "player" or file is None or lab.options.get("model", file.card.name) not in by_name:
            return None
        return player_view(
            id=lab.id,
            number=lab.number,
            caption_html=lab.caption_html,
            card=file.card,
            sources=sources,
            options=lab.options,
            fault=weights_fault(file),
        )

    return make
