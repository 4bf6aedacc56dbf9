"""The course over JSON: lessons, questions without their keys, and answers.

What tells the key leaves only in the reply to a right answer, to the last try, or to giving up; each is
recorded first.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.course.question import Question
from app.errors import NotFound
from app.learners.sittings import standings_of
from app.questions.kind import Turn
from app.web.edge.api_document import WITH_BODY, refusals
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.answering import (
    MAX_OPTION_LENGTH,
    MAX_OPTIONS,
    submit_answer,
    submit_giving_up,
    verdict_before,
)
from app.web.practice.answers import (
    Attempt,
    LastVerdict,
    LessonListed,
    QuestionAsked,
    QuestionId,
    Solution,
    Verdict,
)
from app.web.practice.asked import rounds_of

NO_LONGER_ASKED = "This question is no longer asked. Your answer was recorded, and its verdict stands."
PERSONAL = {"cache-control": "private, no-store", "vary": "Cookie"}

router = APIRouter(prefix="/api")


class SubmittedAnswer(BaseModel):
    """An answer as a client sends it; nothing is converted, nothing else is taken.

    `options` are the ids of the options chosen; for a kind of question without options, what was entered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    options: Annotated[
        list[Annotated[str, Field(max_length=MAX_OPTION_LENGTH)]],
        Field(min_length=1, max_length=MAX_OPTIONS, description="Ids of options.", examples=[["b7f2"]]),
    ]
    attempt: Attempt


class GivingUp(BaseModel):
    """What a client may send to see the solution: nothing, or the token of its act, which changes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    attempt: Attempt | None = None


@router.get("/lessons", response_model=list[LessonListed])
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


@router.get("/questions/{question_id}", response_model=QuestionAsked, responses=refusals(404))
async def read_question(request: Request, question_id: QuestionId, session: CurrentSession) -> Response:
    """Return a question with what its kind offers, such as options in this learner's order."""
    services = services_of(request)
    question = services.catalogue.question(question_id)
    key = "" if session is None else session.learner_key
    standing = None
    if session is not None:
        renamed = services.catalogue.retired.former([question.id])
        found = await services.on_records(standings_of, key, [question.id], renamed)
        standing = found.get(question.id)
    offered = services.kinds[question.kind].offered(question, Turn(key, rounds_of(standing)))
    content = {"id": question.id, "kind": question.kind, "stem": question.stem, **offered}
    return JSONResponse(content, headers=PERSONAL)


@router.post(
    "/questions/{question_id}/answers",
    response_model=LastVerdict | Verdict,
    responses=refusals(*WITH_BODY, 404, 409, 422, 429),
)
async def answer_question(request: Request, question_id: QuestionId, submission: SubmittedAnswer) -> Response:
    """Grade and record an answer; explain it once it is right or no try is left.

    An answer that was recorded before gets the verdict that it got then, whatever became of the question.
    """
    try:
        question = services_of(request).catalogue.question(question_id)
    except NotFound:
        before = await verdict_before(request, question_id, submission.options, submission.attempt)
        gone = {"verdict": before.verdict, "feedback": NO_LONGER_ASKED, "tries_left": 0}
        return JSONResponse(gone, headers=PERSONAL)
    submitted = await submit_answer(request, question, submission.options, submission.attempt)
    grade = submitted.grade
    content = {"verdict": grade.verdict, "feedback": grade.feedback, "tries_left": submitted.tries_left}
    if submitted.has_solution:
        content |= solution_of(question)
    response = JSONResponse(content, headers=PERSONAL)
    if submitted.is_new_session:
        keep_session(request, response, submitted.session)
    return response


@router.post(
    "/questions/{question_id}/solution",
    response_model=Solution,
    responses=refusals(*WITH_BODY, 404, 422, 429),
)
async def give_up_question(
    request: Request, question_id: QuestionId, session: CurrentSession, giving_up: GivingUp | None = None
) -> Response:
    """Show the solution; without an answer that was right before, the question counts as not known."""
    question = services_of(request).catalogue.question(question_id)
    learner = await submit_giving_up(request, question)
    response = JSONResponse(solution_of(question), headers=PERSONAL)
    if session is None:
        keep_session(request, response, learner)
    return response


def solution_of(question: Question) -> dict[str, object]:
    """Everything that explains a question."""
    return {
        "steps": question.steps,
        "final_answer": question.final_answer,
        "quick_check": question.quick_check,
        "mistakes": question.mistakes,
    }
