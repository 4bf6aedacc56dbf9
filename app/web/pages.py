"""The pages that are the same for everyone: home, lessons, privacy, licences. Rendered once, then only sent.

`render_pages` makes them when the application is put together; the routes look an address up and send it.
What is personal comes as fragments (`fragments.py`) and on the practice page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.types import Receive, Scope, Send

from app.cards import CardFile, weights_fault
from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.lesson import Heading, Lesson
from app.errors import NotFound
from app.web.contexts import (
    Context,
    HomeContext,
    LessonContext,
    LicencesContext,
    Part,
    PrivacyContext,
    Recording,
    Section,
)
from app.web.course_map import course_map
from app.web.player import PlayerView, player_view
from app.web.ready import Ready, ready_html
from app.web.sampler_source import SamplerSource, sampler_sources
from app.web.templating import render

ADDRESSES = ("/", "/lessons/{slug}", "/privacy", "/licences")

MakePlayer = Callable[[Lab], PlayerView | None]


class ReadyPages:
    """The route of all ready pages, an ASGI application: looks the address up in `app.state.pages`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a page.

        Raises:
            NotFound: there is none at this address.
        """
        pages: Mapping[str, Ready] = scope["app"].state.pages
        page = pages.get(scope["path"])
        if page is None:
            raise NotFound("There is no lesson at this address. The course map is on the home page.")
        await page(scope, receive, send)


def page_routes() -> list[Route]:
    """Routes for every ready page: plain Starlette routes, since nothing about a request is read.

    They stand directly in the application and first: an included router, and every route before, costs more
    than sending a page does.
    """
    page = ReadyPages()
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
