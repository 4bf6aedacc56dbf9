"""`/lessons/SLUG/print`: a lesson with its questions, and the solutions that this learner has had.

It is made for whoever asks, and kept nowhere. Reading it brings nobody a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.course.lesson import Lesson
from app.labs.registry import LabsOfLesson
from app.labs.strip import paper_of
from app.web.delivery.templating import render
from app.web.edge.root_path import root_path_of
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.handout.context import PRINT_STYLES, HandoutContext, parts_of, questions_of, styles_of
from app.web.practice.progress import PERSONAL, standings


def handout_router(labs: Mapping[str, LabsOfLesson]) -> APIRouter:
    """Route the handouts of all lessons.

    Args:
        labs: of each lesson, by its slug.
    """
    router = APIRouter()

    @router.get("/lessons/{slug}/print", include_in_schema=False)
    async def print_lesson(request: Request, slug: str, session: CurrentSession) -> Response:
        """Show a lesson as it is printed."""
        services = services_of(request)
        lesson: Lesson = services.catalogue.lesson(slug)
        site = f"{request.url.scheme}://{request.url.netloc}{root_path_of(request)}"
        context = HandoutContext(
            lesson=lesson,
            parts=parts_of(lesson, labs[slug], lambda slug, read: paper_of(slug, read, site)),
            questions=questions_of(
                lesson,
                services.kinds,
                session.learner_key if session else "",
                await standings(request, session, [lesson]),
            ),
            styles=styles_of(lesson, services.kinds),
            print_styles=PRINT_STYLES,
        )
        return HTMLResponse(render(services.templates, context), headers=PERSONAL)

    return router
