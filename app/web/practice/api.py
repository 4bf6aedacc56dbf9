"""The course over JSON: lessons, questions without their keys, and answers.

What tells the key leaves only in the reply to an answer that was recorded.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.answering import ATTEMPT, MAX_OPTION_LENGTH, MAX_OPTIONS, submit_answer

PERSONAL = {"cache-control": "private, no-store", "vary": "Cookie"}

router = APIRouter(prefix="/api")


class Submission(BaseModel):
    """An answer as a client sends it; nothing is converted, nothing else is taken.

    `options` are the ids of the options chosen; for a kind of question without options, what was entered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    options: Annotated[
        list[Annotated[str, Field(max_length=MAX_OPTION_LENGTH)]], Field(min_length=1, max_length=MAX_OPTIONS)
    ]
    attempt: Annotated[str, Field(pattern=f"^{ATTEMPT.pattern}$")]


@router.get("/lessons")
async def list_lessons(request: Request) -> Response:
    """List the lessons with the ids of their questions."""
    catalogue = services_of(request).catalogue
    lessons = [
        {
            "slug": lesson.slug,
            "number": lesson.number,
            "title": lesson.title,
            "unit": lesson.unit,
            "unit_number": catalogue.unit_number(lesson),
            "summary": lesson.summary,
            "prerequisites": catalogue.prerequisites(lesson),
            "questions": [question.id for question in lesson.questions],
        }
        for lesson in catalogue.lessons
    ]
    return JSONResponse(lessons)


@router.get("/questions/{question_id}")
async def read_question(request: Request, question_id: str, session: CurrentSession) -> Response:
    """Return a question with what its kind offers, such as options in this learner's order."""
    services = services_of(request)
    question = services.catalogue.question(question_id)
    key = "" if session is None else session.learner_key
    offered = services.kinds[question.kind].offered(question, key)
    content = {"id": question.id, "kind": question.kind, "stem": question.stem, **offered}
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
        "steps": question.steps,
        "final_answer": question.final_answer,
        "quick_check": question.quick_check,
        "mistakes": question.mistakes,
    }
    response = JSONResponse(content, headers=PERSONAL)
    if submitted.is_new_session:
        keep_session(request, response, submitted.session)
    return response
