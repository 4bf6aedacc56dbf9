"""What is personal on pages that are the same for everyone: progress, as fragments that htmx loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.course.lesson import Lesson
from app.learners.predictions import predictions_of
from app.learners.sittings import Standing, standings_of
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession
from app.web.practice.tally import UNFINISHED, Predicted, Tally, state_of, tally

router = APIRouter()

PERSONAL = {"cache-control": "no-store"}


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner has come with one lesson's questions.

    `next_question` is the first whose solution the learner has not had.
    """

    slug: str
    title: str
    number: int
    tally: Tally
    next_question: str | None

    @property
    def is_begun(self) -> bool:
        """Whether any of them was answered, rightly or not."""
        return self.tally.answered + self.tally.begun > 0


@dataclass(frozen=True)
class ProgressContext:
    """`practice/progress.html`: the fragment that fills a learner's own marks into the home page."""

    template: ClassVar[str] = "practice/progress.html"
    lessons: tuple[LessonProgress, ...]
    current: LessonProgress | None
    first: Lesson | None


@dataclass(frozen=True)
class LessonProgressContext:
    """`practice/lesson_progress.html`: the fragment beside a lesson's contents."""

    template: ClassVar[str] = "practice/lesson_progress.html"
    tally: Tally
    predicted: Predicted


@router.get("/fragments/progress", include_in_schema=False)
async def course_progress(request: Request, session: CurrentSession) -> HTMLResponse:
    """Say where this learner stands in the course."""
    services = services_of(request)
    lessons = services.catalogue.lessons
    found = await standings(request, session, lessons)
    progress = tuple(progress_in(lesson, found) for lesson in lessons)
    begun = [lesson for lesson in progress if lesson.is_begun]
    context = ProgressContext(
        lessons=progress,
        current=next((lesson for lesson in begun if lesson.next_question), begun[-1] if begun else None),
        first=lessons[0] if lessons else None,
    )
    return HTMLResponse(render(services.templates, context), headers=PERSONAL)


@router.get("/fragments/progress/{slug}", include_in_schema=False)
async def one_lesson(request: Request, slug: str, session: CurrentSession) -> HTMLResponse:
    """Say where this learner stands in one lesson."""
    lesson = services_of(request).catalogue.lesson(slug)
    found = await standings(request, session, [lesson])
    context = LessonProgressContext(tally(lesson, found), await predicted_in(request, session, lesson))
    return HTMLResponse(render(services_of(request).templates, context), headers=PERSONAL)


async def standings(
    request: Request, session: CurrentSession, lessons: list[Lesson] | tuple[Lesson, ...]
) -> dict[str, Standing]:
    """Look up what a learner has done with these lessons' questions, by question; under former ids too."""
    if session is None:
        return {}
    ids = [question.id for lesson in lessons for question in lesson.questions]
    services = services_of(request)
    renamed = services.catalogue.retired.former(ids)
    found: dict[str, Standing] = await services.on_records(standings_of, session.learner_key, ids, renamed)
    return found


async def predicted_in(request: Request, session: CurrentSession, lesson: Lesson) -> Predicted:
    """Count a lesson's predictions that this learner has made."""
    services = services_of(request)
    versions = {read.prediction.id: read.version for read in services.predictions.of(lesson)}
    if session is None or not versions:
        return Predicted(0, len(versions))
    return Predicted(
        len(await services.on_records(predictions_of, session.learner_key, versions)), len(versions)
    )


def progress_in(lesson: Lesson, found: dict[str, Standing]) -> LessonProgress:
    """Count a lesson's questions by how they stand."""
    left = [question.id for question in lesson.questions if state_of(found.get(question.id)) in UNFINISHED]
    return LessonProgress(
        slug=lesson.slug,
        title=lesson.title,
        number=lesson.number,
        tally=tally(lesson, found),
        next_question=left[0] if left else None,
    )
