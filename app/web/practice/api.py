"""The course over JSON: lessons, questions without their keys, and answers.

What tells the key leaves only in the reply to an answer that was recorded.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.course.grading import shuffled_options
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.answering import ATTEMPT, MAX_OPTION_LENGTH, MAX_OPTIONS, submit_answer

PERSONAL = {"cache-control": "private, no-store", "vary": "Cookie"}

router = APIRouter(prefix="/api")


class Submission(BaseModel):
    """An answer as a client sends it; nothing is converted, nothing else is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    options: Annotated[
        list[Annotated[str, Field(max_length=MAX_OPTION_LENGTH)]], Field(min_length=1, max_length=MAX_OPTIONS)
    ]
    attempt: Annotated[str, Field(pattern=f"^{ATTEMPT.pattern}$")]


@router.get("/lessons")
async def list_lessons(request: Request) -> Response:
    """List the lessons with the ids of their questions."""
    lessons = [
        {
            "slug": lesson.slug,
            "title": lesson.title,
            "unit": lesson.unit,
            "questions": [question.id for question in lesson.questions],
        }
        for lesson in services_of(request).catalogue.lessons
    ]
    return JSONResponse(lessons)


@router.get("/questions/{question_id}")
async def read_question(request: Request, question_id: str, session: CurrentSession) -> Response:
    """Return a question with its options in this learner's order."""
    question = services_of(request).catalogue.question(question_id)
    key = "" if session is None else session.learner_key
    options = [{"id": option.id, "text": option.text} for option in shuffled_options(question, key)]
    content = {"id": question.id, "stem": question.stem, "options": options}
    return JSONResponse(content, headers=PERSONAL)


@router.post("/questions/{question_id}/answers")
async def answer_question(request: Request, question_id: str, submission: Submission) -> Response:
    """Grade and record an answer, and explain it."""
    question = services_of(request).catalogue.question(question_id)
    submitted = await submit_answer(request, question, submission.options, submission.attempt)
    grade = submitted.grade
    content = {
        "verdict": grade.verdict,
        "feedback": grade.feedback,
        "steps": grade.steps,
        "final_answer": grade.final_answer,
        "quick_check": grade.quick_check,
        "mistakes": grade.mistakes,
    }
    response = JSONResponse(content, headers=PERSONAL)
    if submitted.is_new_session:
        keep_session(request, response, submitted.session)
    return response
