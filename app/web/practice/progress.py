"""What is personal on pages that are the same for everyone: progress, as fragments that htmx loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.course.lesson import Lesson
from app.learners.attempts import Answered, answers_of
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession

router = APIRouter()

PERSONAL = {"cache-control": "no-store"}


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner has come with one lesson's questions."""

    slug: str
    title: str
    number: int
    questions: int
    answered: int
    right: int
    next_question: str | None


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
    questions: int
    answered: int
    right: int


@router.get("/fragments/progress", include_in_schema=False)
async def course_progress(request: Request, session: CurrentSession) -> HTMLResponse:
    """Say where this learner stands in the course."""
    services = services_of(request)
    lessons = services.catalogue.lessons
    answers = await answered(request, session, lessons)
    progress = tuple(progress_in(lesson, answers) for lesson in lessons)
    begun = [lesson for lesson in progress if lesson.answered]
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
    progress = progress_in(lesson, await answered(request, session, [lesson]))
    context = LessonProgressContext(progress.questions, progress.answered, progress.right)
    return HTMLResponse(render(services_of(request).templates, context), headers=PERSONAL)


async def answered(
    request: Request, session: CurrentSession, lessons: list[Lesson] | tuple[Lesson, ...]
) -> dict[str, Answered]:
    """Look up what a learner has answered of these lessons, by question; under former ids too."""
    if session is None:
        return {}
    ids = [question.id for lesson in lessons for question in lesson.questions]
    services = services_of(request)
    renamed = services.catalogue.retired.former(ids)
    found: dict[str, Answered] = await services.on_records(answers_of, session.learner_key, ids, renamed)
    return found


def progress_in(lesson: Lesson, answers: dict[str, Answered]) -> LessonProgress:
    """Count a lesson's questions by how they stand."""
    untried = [question.id for question in lesson.questions if question.id not in answers]
    right = [q.id for q in lesson.questions if q.id in answers and answers[q.id].last_verdict == "right"]
    return LessonProgress(
        slug=lesson.slug,
        title=lesson.title,
        number=lesson.number,
        questions=len(lesson.questions),
        answered=len(lesson.questions) - len(untried),
        right=len(right),
        next_question=untried[0] if untried else None,
    )
