"""What is personal on pages that are the same for everyone: progress, as fragments that htmx loads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.course.lesson import Lesson
from app.learners.attempts import Answered, answers_of
from app.web.contexts import LessonProgress, LessonProgressContext, ProgressContext
from app.web.session import CurrentSession
from app.web.templating import render

router = APIRouter()

PERSONAL = {"cache-control": "no-store"}


@router.get("/fragments/progress", include_in_schema=False)
async def course_progress(request: Request, session: CurrentSession) -> HTMLResponse:
    """Say where this learner stands in the course."""
    state = request.app.state
    lessons = state.catalogue.lessons
    answers = await answered(request, session, lessons)
    progress = tuple(progress_in(lesson, answers) for lesson in lessons)
    begun = [lesson for lesson in progress if lesson.answered]
    context = ProgressContext(
        lessons=progress,
        current=next((lesson for lesson in begun if lesson.next_question), begun[-1] if begun else None),
        first=lessons[0] if lessons else None,
    )
    return HTMLResponse(render(state.templates, context), headers=PERSONAL)


@router.get("/fragments/progress/{slug}", include_in_schema=False)
async def one_lesson(request: Request, slug: str, session: CurrentSession) -> HTMLResponse:
    """Say where this learner stands in one lesson."""
    lesson = request.app.state.catalogue.lesson(slug)
    progress = progress_in(lesson, await answered(request, session, [lesson]))
    context = LessonProgressContext(progress.questions, progress.answered, progress.right)
    return HTMLResponse(render(request.app.state.templates, context), headers=PERSONAL)


async def answered(
    request: Request, session: CurrentSession, lessons: list[Lesson] | tuple[Lesson, ...]
) -> dict[str, Answered]:
    """Look up what a learner has answered of these lessons, by question."""
    if session is None:
        return {}
    ids = [question.id for lesson in lessons for question in lesson.questions]
    state = request.app.state
    found: dict[str, Answered] = await state.limits.records.run(
        answers_of, state.records, session.learner_key, ids
    )
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
